import { ErasePerson, ExportPerson, PersonErased, PersonExport } from '../people.js';
import { operation } from './define.js';

export const people = {
  export: operation({
    id: 'exportPerson',
    method: 'POST',
    path: '/api/people/export',
    tag: 'security',
    summary: 'Exports everything stored about one person',
    description:
      'Find the person by phone number, e-mail address or lead (GDPR, Art. 15 and 20). If several leads share the address, the export covers all of them.',
    permission: ['people.manage'],
    limit: 'costly',
    body: ExportPerson,
    answers: { 200: PersonExport },
    errors: ['invalid_phone_number', 'not_found', 'not_recorded'],
  }),
  erase: operation({
    id: 'erasePerson',
    method: 'POST',
    path: '/api/people/erase',
    tag: 'security',
    summary: 'Erases the personal data of one person; this cannot be undone',
    description:
      'Calls, queues and statistics keep their counts. The number stays on the suppression list, as proof that it must not be dialed (GDPR, Art. 17(3) and 21(3)). A second request changes nothing.',
    permission: ['people.manage'],
    limit: 'costly',
    body: ErasePerson,
    answers: { 200: PersonErased },
    errors: ['invalid_phone_number', 'not_found', 'person_on_call', 'not_recorded'],
  }),
};
