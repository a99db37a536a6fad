import type { ColumnMapping } from '@outdial/protocol';
import { describe, expect, it } from 'vitest';
import { rowMapper } from './map-row.js';

const COLUMNS = ['Name', 'Phone', 'Title', 'Company', 'Email', 'Size', 'Industry', 'Zone', 'Score'];
const MAPPING: ColumnMapping = {
  Name: 'name',
  Phone: 'phone_number',
  Title: 'job_title',
  Company: 'company',
  Email: 'email',
  Size: 'headcount',
  Industry: 'industry',
  Zone: 'time_zone',
  Score: 'score',
};
const ANN = { Name: 'Ann Lee', Phone: '+1 202 555 0101' };

const mapped = (
  values: Record<string, string>,
  {
    country,
    mapping = MAPPING,
    columns = COLUMNS,
    phoneColumns,
  }: Partial<{
    country: string;
    mapping: ColumnMapping;
    columns: string[];
    phoneColumns: string[];
  }> = {},
) =>
  rowMapper({ columns, mapping, defaultCountry: country ?? null, phoneColumns })(
    columns.map((column) => values[column] ?? ''),
  );

/** What is said about the row: "field · reason". */
const said = (row: ReturnType<typeof mapped>): string[] =>
  row.notes.map(({ field, reason }) => `${field ?? ''} · ${reason}`);

const refused = (...given: Parameters<typeof mapped>): string => {
  const row = mapped(...given);
  if (row.kind !== 'refused') throw new Error(`It is a ${row.kind}.`);
  return said(row).join('; ');
};

describe('a row of a file becomes a lead', () => {
  it('a row of a file becomes a lead with everything that it tells', () => {
    expect(
      mapped({
        ...ANN,
        Title: ' VP Sales ',
        Company: 'Acme, Inc',
        Email: 'ann@acme.example',
        Size: '51-200',
        Industry: 'Software',
        Zone: 'America/New_York',
        Score: '72.6',
      }),
    ).toEqual({
      kind: 'lead',
      phones: ['+12025550101'],
      notes: [],
      lead: {
        name: 'Ann Lee',
        phone: '+12025550101',
        furtherPhones: [],
        jobTitle: 'VP Sales',
        company: 'Acme, Inc',
        email: 'ann@acme.example',
        headcount: '51-200',
        industry: 'Software',
        timeZone: 'America/New_York',
        score: 73,
      },
    });
  });

  it('a row of a file becomes a lead with a name and a number alone', () => {
    expect(mapped(ANN)).toMatchObject({
      kind: 'lead',
      lead: { name: 'Ann Lee', phone: '+12025550101', jobTitle: null, email: null, score: null },
    });
  });

  it('a row of a file becomes a lead with the number of the default country, or of the one it names', () => {
    expect(mapped({ ...ANN, Phone: '(202) 555-0101' }, { country: 'US' })).toMatchObject({
      lead: { phone: '+12025550101' },
    });
    expect(mapped({ ...ANN, Phone: '030 12345678' }, { country: 'DE' })).toMatchObject({
      lead: { phone: '+493012345678' },
    });
    expect(mapped({ ...ANN, Phone: '0044 20 7946 0958' }, { country: 'DE' })).toMatchObject({
      lead: { phone: '+442079460958' },
    });
  });

  it('a row of a file becomes a lead with first and last name, one of them, or the full name before both', () => {
    const columns = ['First', 'Last', 'Name', 'Phone'];
    const mapping: ColumnMapping = {
      First: 'first_name',
      Last: 'last_name',
      Name: 'name',
      Phone: 'phone_number',
    };
    const nameOf = (values: Record<string, string>) =>
      mapped({ Phone: ANN.Phone, ...values }, { columns, mapping });
    expect(nameOf({ First: 'Ann', Last: 'Lee' })).toMatchObject({ lead: { name: 'Ann Lee' } });
    expect(nameOf({ Last: 'Lee' })).toMatchObject({ lead: { name: 'Lee' } });
    expect(nameOf({ First: 'Ann', Name: 'Dr Lee' })).toMatchObject({ lead: { name: 'Dr Lee' } });
  });

  it('a row of a file becomes a lead with the first number that is filled in, where several columns hold one', () => {
    const columns = ['Name', 'Mobile', 'Office'];
    const mapping: ColumnMapping = { Name: 'name', Mobile: 'phone_number', Office: 'phone_number' };
    expect(
      mapped({ Name: 'Ann', Mobile: '', Office: '+12025550102' }, { columns, mapping }),
    ).toMatchObject({ lead: { phone: '+12025550102' } });
    expect(
      mapped({ Name: 'Ann', Mobile: '+12025550101', Office: 'x' }, { columns, mapping }),
    ).toMatchObject({ lead: { phone: '+12025550101' } });
  });

  it('a row of a file becomes a lead though it ends early, or goes on with empty fields', () => {
    const map = rowMapper({ columns: COLUMNS, mapping: MAPPING, defaultCountry: null });
    expect(map(['Ann', '+12025550101'])).toMatchObject({ kind: 'lead' });
    const longer = [...COLUMNS.map((column) => ({ ...ANN })[column as 'Name'] ?? ''), '', ''];
    expect(map(longer)).toMatchObject({ kind: 'lead' });
  });

  it('a row of a file becomes a lead whatever its columns are called', () => {
    const columns = ['constructor', '__proto__', 'Phone'];
    expect(
      mapped({ Phone: ANN.Phone }, { columns, mapping: { Phone: 'phone_number' } }),
    ).toMatchObject({ kind: 'refused', notes: [{ field: 'name' }] });
  });
});

describe('a row that is no lead says why', () => {
  it.each<[string, ReturnType<typeof refused>]>([
    [refused({ Phone: ANN.Phone }), 'name · is empty'],
    [refused({ Name: 'Ann' }), 'phone_number · is empty'],
    [refused({ Name: 'Ann', Phone: 'n/a' }), 'phone_number · is empty'],
    [
      refused({ ...ANN, Phone: '1.20255E+10' }),
      'phone_number · was shortened by a spreadsheet to scientific notation and may have lost digits: format the column as text and export it again',
    ],
  ])('%s', (told, expected) => {
    expect(told).toBe(expected);
  });

  it('a row that is no lead says why when it has more fields than the heading', () => {
    const map = rowMapper({ columns: ['Name', 'Phone'], mapping: MAPPING, defaultCountry: null });
    expect(said(map(['Lee', 'Ann', '+12025550101']))).toEqual([
      ' · has 3 fields where the heading has 2; is a separator or a quote misplaced?',
    ]);
  });

  it('a row that is no lead says why without repeating the number, which the log must not hold', () => {
    expect(refused({ ...ANN, Phone: '+1 202 555 0101 555' })).not.toMatch(/555/);
  });
});

describe('a field that cannot be used never costs the lead', () => {
  const lead = (values: Record<string, string>) => {
    const row = mapped({ ...ANN, ...values });
    if (row.kind !== 'lead') throw new Error(`It is ${row.kind}.`);
    return { ...row.lead, said: said(row) };
  };

  it.each([
    ['n/a', null, []],
    ['-', null, []],
    ['ann at acme', null, ['email · is not an e-mail address']],
    ['bla.bla.@acme.example', null, ['email · is not an e-mail address']],
    ['mailto:ann@acme.example', 'ann@acme.example', []],
    ['Ann Lee <ann@acme.example>', 'ann@acme.example', []],
    ['jürgen@bäckerei.example', 'jürgen@bäckerei.example', []],
    [
      'ann@acme.example; lee@acme.example',
      'ann@acme.example',
      ['email · is more than one address: only the first one is kept'],
    ],
    [
      'n/a, ann@acme.example',
      'ann@acme.example',
      ['email · is more than one address: only the first one is kept'],
    ],
    [`${'x'.repeat(300)}@acme.example`, null, ['email · is not an e-mail address']],
    ['@'.repeat(5_000), null, ['email · is not an e-mail address']],
  ])('an e-mail address written %j', (written, email, notes) => {
    expect(lead({ Email: written })).toMatchObject({ email, said: notes });
  });

  it.each([
    ['85%', 85, []],
    ['87.5', 88, []],
    ['87,5', 88, []],
    ['0,875', 1, []],
    ['1,234,567', null, ['score · is beyond 1,000,000']],
    ['123,456.7', 123_457, []],
    ['123.456,7', 123_457, []],
    ["12'345", 12_345, []],
    ['1,234', null, ['score · may be a thousand or a fraction: write it without separators']],
    ['1.234', null, ['score · may be a thousand or a fraction: write it without separators']],
    ['-7', -7, []],
    ['A', null, ['score · is not a number']],
    ['1e99', null, ['score · is not a number']],
    ['Infinity', null, ['score · is not a number']],
    ['n/a', null, []],
    ['0', 0, []],
  ])('a score written %j', (written, score, notes) => {
    expect(lead({ Score: written })).toMatchObject({ score, said: notes });
  });

  it('a time zone that is none', () => {
    expect(lead({ Zone: 'Mars/Olympus' })).toMatchObject({ timeZone: null });
    expect(lead({ Zone: 'Mars/Olympus' }).said).toHaveLength(1);
  });

  it('a text that is too long is cut, not through the middle of a letter', () => {
    const { jobTitle, said: notes } = lead({ Title: `${'x'.repeat(198)}🙂${'y'.repeat(50)}` });
    expect(jobTitle).toBe(`${'x'.repeat(198)}…`);
    expect(notes).toEqual(['job_title · is longer than 200 characters and was cut']);
    expect(lead({ Size: '51-200 employees on the professional network' }).headcount).toHaveLength(
      40,
    );
    expect(mapped({ ...ANN, Name: 'x'.repeat(500) })).toMatchObject({ kind: 'lead' });
  });
});

describe('several columns with numbers', () => {
  const columns = ['Name', 'Office', 'Mobile', 'Home'];
  const mapping: ColumnMapping = {
    Name: 'name',
    Office: 'phone_number',
    Mobile: 'phone_number',
    Home: 'phone_number',
  };
  const row = (values: Record<string, string>, phoneColumns?: string[]) =>
    mapped(
      { Name: 'Ann', ...values },
      { columns, mapping, country: 'US', ...(phoneColumns && { phoneColumns }) },
    );

  it('several columns with numbers are tried in the order that a person gave, and the others are kept', () => {
    const numbers = { Office: '202-555-0101', Mobile: '202-555-0102', Home: '202-555-0103' };
    expect(row(numbers, ['Mobile', 'Home'])).toMatchObject({
      lead: {
        phone: '+12025550102',
        furtherPhones: [
          { phone: '+12025550103', label: 'Home' },
          { phone: '+12025550101', label: 'Office' },
        ],
      },
      notes: [],
    });
  });

  it('several columns with numbers are passed over where one is empty or cannot be dialed, and the line says so', () => {
    expect(row({ Office: 'N/A', Mobile: '202-555-0102' })).toMatchObject({
      lead: { phone: '+12025550102', furtherPhones: [] },
      notes: [],
    });
    expect(row({ Office: '555', Mobile: '202-555-0102' })).toMatchObject({
      kind: 'lead',
      lead: { phone: '+12025550102' },
      notes: [{ code: 'number_left_out' }],
    });
    expect(row({ Office: '202-555-0102', Home: '(202) 555 0102' })).toMatchObject({
      lead: { furtherPhones: [] },
    });
  });
});

describe('a row that says that the person must not be called', () => {
  const columns = ['Name', 'Phone', 'Mobile', 'DNC'];
  const mapping: ColumnMapping = {
    Name: 'name',
    Phone: 'phone_number',
    Mobile: 'phone_number',
    DNC: 'do_not_call',
  };
  const row = (said: string, values: Record<string, string> = ANN) =>
    mapped({ ...values, DNC: said }, { columns, mapping });

  it.each([
    'TRUE',
    '1',
    'yes',
    'Y',
    'x',
    'ja',
    'Oui',
    'sí',
    'si',
    'sim',
    'wahr',
    '1.0',
    '2026-04-01',
    'please do not',
  ])('with %j becomes no lead, and its numbers are suppressed', (said) => {
    expect(row(said)).toMatchObject({ kind: 'suppress', phones: ['+12025550101'] });
  });

  it.each(['', 'FALSE', '0', 'no', 'N', 'nein', 'non', '0.0', '-', 'n/a'])(
    'with %j is a lead',
    (said) => {
      expect(row(said)).toMatchObject({ kind: 'lead' });
    },
  );

  it('a row that says that the person must not be called has all its numbers suppressed, without a name too', () => {
    expect(row('x', { Phone: '+12025550101', Mobile: '+12025550102' })).toMatchObject({
      kind: 'suppress',
      phones: ['+12025550101', '+12025550102'],
    });
  });

  it('a row that says that the person must not be called and whose number cannot be read is refused with a warning', () => {
    expect(row('x', { Name: 'Ann', Phone: '12' })).toMatchObject({
      kind: 'refused',
      notes: [
        {
          code: 'do_not_call_unreadable',
          reason: expect.stringContaining('NOT on the suppression list'),
        },
      ],
    });
  });

  it('a row that says that the person must not be called has the numbers of displaced fields suppressed', () => {
    const map = rowMapper({ columns, mapping, defaultCountry: 'US' });
    expect(map(['Lee', 'Ann', '202-555-0101', 'yes', '+1 202 555 0109'])).toMatchObject({
      kind: 'suppress',
      phones: ['+12025550101', '+12025550109'],
    });
  });
});

describe('the countries that may be called', () => {
  const map = rowMapper({
    columns: ['Name', 'Phone', 'Mobile', 'DNC'],
    mapping: { Name: 'name', Phone: 'phone_number', Mobile: 'phone_number', DNC: 'do_not_call' },
    defaultCountry: 'US',
    allowedCountries: ['US', 'CA'],
  });

  it('bound what an import makes of a row: the first number of them is the one of the lead', () => {
    expect(map(['Ann', '+53 6 3123456', '604 555 0102', ''])).toMatchObject({
      kind: 'lead',
      lead: { phone: '+16045550102' },
      notes: [{ code: 'number_left_out', field: 'phone_number' }],
    });
    expect(map(['Bob', '+1 809 555 1234', '', ''])).toMatchObject({
      kind: 'refused',
      notes: [{ reason: expect.stringContaining('belongs to DO') }],
    });
  });

  it('allowed countries do not limit the numbers on the do-not-call list', () => {
    expect(map(['Cy', '+53 6 3123456', '', 'yes'])).toMatchObject({
      kind: 'suppress',
      phones: ['+5363123456'],
    });
  });
});
