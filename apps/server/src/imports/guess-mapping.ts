import type { ColumnMapping, ImportField } from '@outdial/protocol';

/** Headings that people and CRMs use (HubSpot, Salesforce, Pipedrive, Apollo exports), bare: lower case, letters only. */
const HEADINGS: Readonly<Record<ImportField, readonly string[]>> = {
  name: ['name', 'fullname', 'contact', 'contactname', 'lead', 'leadname', 'person'],
  first_name: ['firstname', 'givenname', 'first', 'vorname', 'prenom'],
  last_name: ['lastname', 'familyname', 'surname', 'last', 'nachname', 'nom'],
  job_title: ['jobtitle', 'title', 'position', 'role', 'job', 'personjobtitle'],
  phone_number: [
    'phonenumber',
    'phone',
    'telephone',
    'tel',
    'mobile',
    'mobilephone',
    'mobilenumber',
    'cell',
    'cellphone',
    'directphone',
    'workphone',
    'workdirectphone',
    'telefon',
    'number',
  ],
  company: [
    'company',
    'companyname',
    'account',
    'accountname',
    'organization',
    'organisation',
    'firma',
  ],
  email: ['email', 'emailaddress', 'mail', 'workemail', 'personemail'],
  headcount: [
    'headcount',
    'employees',
    'numberofemployees',
    'employeecount',
    'noofemployees',
    'companysize',
    'size',
  ],
  industry: ['industry', 'sector', 'branche'],
  time_zone: ['timezone', 'tz'],
  score: ['score', 'leadscore', 'hubspotscore'],
};

const bare = (heading: string): string =>
  heading
    .normalize('NFD')
    .toLowerCase()
    .replaceAll(/[^a-z]/g, '');

/** Which column fills which field, judged by the headings alone. Each field is filled once, by its likeliest heading. */
export function guessMapping(columns: readonly string[]): ColumnMapping {
  const mapping: ColumnMapping = {};
  const taken = new Set<string>();
  const bared = columns.map((column) => ({ column, heading: bare(column) }));
  for (const field of Object.keys(HEADINGS) as ImportField[]) {
    const found = HEADINGS[field]
      .map((wanted) =>
        bared.find(({ column, heading }) => heading === wanted && !taken.has(column)),
      )
      .find((match) => match !== undefined)?.column;
    if (found === undefined) continue;
    mapping[found] = field;
    taken.add(found);
  }
  return mapping;
}
