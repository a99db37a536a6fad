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
  }: Partial<{ country: string; mapping: ColumnMapping; columns: string[] }> = {},
) =>
  rowMapper(
    columns,
    mapping,
    country,
  )({ line: 7, fields: columns.map((column) => values[column] ?? '') });

/** As the table of row errors shows it. */
const refused = (...given: Parameters<typeof mapped>): string => {
  const row = mapped(...given);
  if (row.kind === 'lead') throw new Error('It is a lead.');
  return ['line', row.line, '·', row.field ?? '', '·', row.reason].join(' ');
};

describe('a row of a file becomes a lead', () => {
  it('with everything that it tells', () => {
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
      line: 7,
      lead: {
        name: 'Ann Lee',
        phone: '+12025550101',
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

  it('with a name and a number alone', () => {
    expect(mapped(ANN)).toMatchObject({
      kind: 'lead',
      lead: { name: 'Ann Lee', phone: '+12025550101', jobTitle: null, email: null, score: null },
    });
  });

  it('with the number of the default country, or of the one it names', () => {
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

  it('with first and last name, one of them, or the full name before both', () => {
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

  it('with the first number that is filled in, where several columns hold one', () => {
    const columns = ['Name', 'Mobile', 'Office'];
    const mapping: ColumnMapping = { Name: 'name', Mobile: 'phone_number', Office: 'phone_number' };
    expect(
      mapped({ Name: 'Ann', Mobile: '', Office: '+12025550102' }, { columns, mapping }),
    ).toMatchObject({ lead: { phone: '+12025550102' } });
    expect(
      mapped({ Name: 'Ann', Mobile: '+12025550101', Office: 'x' }, { columns, mapping }),
    ).toMatchObject({ lead: { phone: '+12025550101' } });
  });

  it('though it ends early, or goes on with empty fields', () => {
    const map = rowMapper(COLUMNS, MAPPING, undefined);
    expect(map({ line: 2, fields: ['Ann', '+12025550101'] })).toMatchObject({ kind: 'lead' });
    const longer = [...COLUMNS.map((column) => ({ ...ANN })[column as 'Name'] ?? ''), '', ''];
    expect(map({ line: 2, fields: longer })).toMatchObject({ kind: 'lead' });
  });

  it('whatever its columns are called', () => {
    const columns = ['constructor', '__proto__', 'Phone'];
    expect(
      mapped({ Phone: ANN.Phone }, { columns, mapping: { Phone: 'phone_number' } }),
    ).toMatchObject({ kind: 'error', field: 'name' });
  });
});

describe('a row that is no lead says why', () => {
  it.each<[string, ReturnType<typeof refused>]>([
    [refused({ Phone: ANN.Phone }), 'line 7 · name · is empty'],
    [refused({ ...ANN, Name: 'x'.repeat(201) }), 'line 7 · name · is longer than 200 characters'],
    [refused({ Name: 'Ann' }), 'line 7 · phone_number · is empty'],
    [
      refused({ ...ANN, Phone: '+1 202 555' }),
      'line 7 · phone_number · is too short for a number with the country code +1',
    ],
    [
      refused({ ...ANN, Phone: '202 555 0101' }),
      'line 7 · phone_number · has no country: write it with + and the country code, or set a default country',
    ],
    [
      refused({ ...ANN, Phone: '+1 202 555 0101 ext. 12' }),
      'line 7 · phone_number · has an extension, which the dialer cannot dial: give the direct number, or leave the extension out',
    ],
    [
      refused({ ...ANN, Phone: '1.20255E+10' }),
      'line 7 · phone_number · was shortened by a spreadsheet to scientific notation and has lost digits: format the column as text and export it again',
    ],
    [refused({ ...ANN, Email: 'ann at acme' }), 'line 7 · email · is not an e-mail address'],
    [
      refused({ ...ANN, Company: 'x'.repeat(201) }),
      'line 7 · company · is longer than 200 characters',
    ],
    [
      refused({ ...ANN, Zone: 'Mars/Olympus' }),
      'line 7 · time_zone · is not a time zone such as America/New_York',
    ],
    [refused({ ...ANN, Score: 'hot' }), 'line 7 · score · is not a number'],
    [refused({ ...ANN, Score: '1e99' }), 'line 7 · score · is not a number'],
  ])('%s', (told, expected) => {
    expect(told).toBe(expected);
  });

  it('has more fields than the heading', () => {
    expect(
      rowMapper(
        ['Name', 'Phone'],
        MAPPING,
        undefined,
      )({
        line: 3,
        fields: ['Lee', 'Ann', '+12025550101'],
      }),
    ).toEqual({
      kind: 'error',
      line: 3,
      field: null,
      reason: 'has 3 fields where the heading has 2; is a separator or a quote misplaced?',
    });
  });

  it('never repeats the number, which the log must not hold', () => {
    expect(refused({ ...ANN, Phone: '+1 202 555 0101 555' })).not.toMatch(/555/);
  });
});
