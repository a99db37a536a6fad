import { describe, expect, it } from 'vitest';
import { columnNames, detectDelimiter } from './read-layout.js';
import { LONGEST_QUOTED_FIELD, MOST_FIELDS, readRows } from './read-rows.js';

const rowsOf = (text: string) => [...readRows(text, detectDelimiter(text))];
const fieldsOf = (text: string) => rowsOf(text).map(({ fields }) => fields);
const linesOf = (text: string) => rowsOf(text).map(({ line }) => line);
const strayOf = (text: string) => rowsOf(text).flatMap((row) => (row.strayQuote ? [row.line] : []));

const PEOPLE = [
  ['Name', 'Phone'],
  ['Ann Lee', '+12025550101'],
  ['Zoë Müller', '+12025550102'],
];

describe('the rows of a CSV file', () => {
  it.each([
    ['commas', ','],
    ['semicolons', ';'],
    ['tabs', '\t'],
    ['bars', '|'],
  ])('may be separated by %s', (_name, delimiter) => {
    const text = PEOPLE.map((row) => row.join(delimiter)).join('\n');
    expect(detectDelimiter(text)).toBe(delimiter);
    expect(fieldsOf(text)).toEqual(PEOPLE);
  });

  it.each([
    ['Windows', '\r\n'],
    ['Unix', '\n'],
    ['an old Mac', '\r'],
  ])('may come from %s', (_name, lineEnd) => {
    const text = PEOPLE.map((row) => row.join(',')).join(lineEnd);
    expect(rowsOf(text)).toEqual(rowsOf(`${text}${lineEnd}`));
    expect(fieldsOf(text)).toEqual(PEOPLE);
    expect(linesOf(text)).toEqual([1, 2, 3]);
  });

  it('the rows of a CSV file keep separators, doubled quotes and line breaks inside quotes', () => {
    expect(fieldsOf('name,company\n"Lee, Ann","The ""Big"" One"\n"","two\nlines"')).toEqual([
      ['name', 'company'],
      ['Lee, Ann', 'The "Big" One'],
      ['', 'two\nlines'],
    ]);
    expect(fieldsOf('a,b\n"""",""""""')).toEqual([
      ['a', 'b'],
      ['"', '""'],
    ]);
  });

  it('the rows of a CSV file say the line that they begin on, whatever line breaks their fields hold', () => {
    const text = 'name,note\r\nAnn,"one\r\ntwo\nthree"\r\nBob,x\r\n\r\n"Cy\rDee",y\nEve,z';
    expect(linesOf(text)).toEqual([1, 2, 5, 7, 9]);
  });

  it('the rows of a CSV file are passed over where they are blank, or empty in a spreadsheet', () => {
    const text = '\n \nname;phone\n\n;\nAnn;1\n ; \n"";""\nBob;2\n\n';
    expect(fieldsOf(text)).toEqual([
      ['name', 'phone'],
      ['Ann', '1'],
      ['Bob', '2'],
    ]);
    expect(linesOf(text)).toEqual([3, 6, 9]);
  });

  it('the rows of a CSV file lose the spaces around a field, quoted or not, and those before a quote', () => {
    expect(fieldsOf('name , phone\n  Ann Lee ,  "  1 "  ,\t\n')).toEqual([
      ['name', 'phone'],
      ['Ann Lee', '1', ''],
    ]);
    expect(fieldsOf('name, company\nAnn, "Lee, Inc."\n"Bob,  ""B"" ", x')).toEqual([
      ['name', 'company'],
      ['Ann', 'Lee, Inc.'],
      ['Bob,  "B"', 'x'],
    ]);
    expect(fieldsOf('name\tphone\n\t1\n')).toEqual([
      ['name', 'phone'],
      ['', '1'],
    ]);
  });

  it('the rows of a CSV file may have too few and too many fields', () => {
    expect(fieldsOf('a,b\n1\n1,2,3\n1,')).toEqual([['a', 'b'], ['1'], ['1', '2', '3'], ['1', '']]);
  });

  it('the rows of a CSV file may hold a nickname in quotes, doubled or not, quoted or not', () => {
    const expected = [
      ['name', 'phone'],
      ['Ann "Annie" Lee', '1'],
    ];
    expect(fieldsOf('name,phone\nAnn "Annie" Lee,1\n')).toEqual(expected);
    expect(fieldsOf('name,phone\n"Ann "Annie" Lee",1\n')).toEqual(expected);
    expect(fieldsOf('name,phone\n"Ann ""Annie"" Lee",1\n')).toEqual(expected);
  });

  it('the rows of a CSV file are none in an empty text', () => {
    expect(rowsOf('')).toEqual([]);
    expect(rowsOf('\r\n\r\n')).toEqual([]);
  });
});

describe('a stray quote costs no more than its own line', () => {
  const rest = 'Bob,2\nCy,3';
  it.each([
    ['at the beginning of a field', `name,phone\n"Ann,1\n${rest}`],
    ['with quoted fields below', `name,phone\n"Ann,1\nBob,2\n"Cy",3`],
    ['with empty quoted fields below', `name,phone\n"Ann,1\n${rest}\n"",""`],
  ])('%s', (_name, text) => {
    expect(fieldsOf(text)).toEqual([
      ['name', 'phone'],
      ['"Ann', '1'],
      ['Bob', '2'],
      ['Cy', '3'],
    ]);
    expect(strayOf(text)).toEqual([2]);
  });

  it('a stray quote costs no more than its own line also where the text below is longer than any field', () => {
    const many = Array.from({ length: 10_000 }, (_, at) => `Person ${at},${at}`).join('\n');
    const rows = rowsOf(`name,phone\n"Ann,1\n${many}`);
    expect(rows).toHaveLength(10_002);
    expect(strayOf(`name,phone\n"Ann,1\n${many}`)).toEqual([2]);
  });

  it('a stray quote costs no more than its own line and a quoted field of several lines is still one', () => {
    expect(fieldsOf('name,note\nAnn,"first line\nsecond, with comma\nthird"\nBob,x')).toEqual([
      ['name', 'note'],
      ['Ann', 'first line\nsecond, with comma\nthird'],
      ['Bob', 'x'],
    ]);
  });
});

/** Characters that were looked at, counted by a text that counts. Time on a busy machine says nothing. */
function lookedAt(text: string, delimiter = ','): number {
  let looks = 0;
  const counting = {
    length: text.length,
    charCodeAt: (at: number) => {
      looks += 1;
      return text.charCodeAt(at);
    },
    slice: (from?: number, to?: number) => text.slice(from, to),
  } as unknown as string;
  for (const _row of readRows(counting, delimiter))
    if (looks > 1e9) throw new Error('It takes for ever.');
  return looks;
}

describe('reading takes time in proportion to the file, whatever is in it', () => {
  const MEGABYTE = 1024 * 1024;
  const filled = (piece: string, size: number) =>
    piece.repeat(Math.ceil(size / piece.length)).slice(0, size);
  it.each([
    ['ordinary rows', 'Ann Lee,+1 202 555 0101,Acme\n'],
    ['quoted rows', '"Ann Lee","+1 202 555 0101","Acme, Inc"\n'],
    ['a quote that opens on each line and never closes', '"a\n'],
    ['quotes that are doubled and never close', '"a"",\n'],
    ['nothing but quotes', '"'],
    ['nothing but commas', ','],
    ['nothing but line ends', '\n'],
    ['nothing but carriage returns', '\r'],
    ['nothing but spaces', ' '],
    ['one cell', 'x'],
    ['quotes behind spaces', '" '],
    ['quotes in the middle of fields', 'a "b" c,'],
    ['quoted fields that continue behind the quote', '"a" b,'],
    ['openings of quotes that look like openings', '"x,\n"",'],
    ['hundred spaces behind each quote', `"${' '.repeat(99)}x`],
  ])('%s', (_name, piece) => {
    // Beyond what may be searched in vain, so that a budget that did nothing would show.
    const [small, large] = [
      lookedAt(filled(piece, MEGABYTE)),
      lookedAt(filled(piece, 4 * MEGABYTE)),
    ];
    expect(large / small).toBeLessThan(6);
    expect(large).toBeLessThan(20 * 4 * MEGABYTE + 32 * MEGABYTE);
  });

  it('a field that is longer than a quoted one may be is no quoted one', () => {
    const long = 'x'.repeat(LONGEST_QUOTED_FIELD);
    const rows = rowsOf(`name,note\nAnn,"${long}"\nBob,y`);
    expect(rows.map(({ line }) => line)).toEqual([1, 2, 3]);
  });

  it('a row has as many fields as a spreadsheet has columns of use, and the rest of its line is passed over', () => {
    const [row, next] = [...readRows(`${'x,'.repeat(5_000)}\nnext`, ',')];
    expect(row?.fields).toHaveLength(MOST_FIELDS);
    expect(next).toEqual({ line: 2, fields: ['next'] });
  });

  it('a hundred thousand columns may have one name without anything having to wait', () => {
    // Compared in pairs these would take hours, and the test its whole time.
    const names = columnNames(Array.from({ length: 100_000 }, () => 'Phone'));
    expect(names.at(-1)).toBe('Phone (100000)');
    expect(new Set(names).size).toBe(100_000);
  });
});

it('columns of the same name, or of none, have names of their own', () => {
  expect(columnNames(['Phone', ' Phone ', '', 'Phone (2)', 'Phone', ''])).toEqual([
    'Phone',
    'Phone (2)',
    'Column 3',
    'Phone (2) (2)',
    'Phone (3)',
    'Column 6',
  ]);
});

describe('the separator of a file', () => {
  it('the separator of a file is what splits its rows evenly, not what is quoted or stands in decimals', () => {
    expect(detectDelimiter('"Name, first\nand last";Phone\nAnn;1')).toBe(';');
    expect(detectDelimiter('Name;Phone;Score\nAnn;1;87,5\nBob;2;12,25')).toBe(';');
    expect(detectDelimiter('Name|Phone\nLee, Ann|1\nRay, Bob|2')).toBe('|');
    expect(detectDelimiter('\n\nname;phone\n')).toBe(';');
    expect(detectDelimiter('name')).toBe(',');
    expect(detectDelimiter('')).toBe(',');
  });
});
