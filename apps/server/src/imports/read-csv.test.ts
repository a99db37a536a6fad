import { describe, expect, it } from 'vitest';
import {
  checkText,
  columnNames,
  decodeCsv,
  detectDelimiter,
  readRows,
  UnreadableCsv,
} from './read-csv.js';

const rowsOf = (text: string) => [...readRows(text, detectDelimiter(text))];
const fieldsOf = (text: string) => rowsOf(text).map(({ fields }) => fields);
const linesOf = (text: string) => rowsOf(text).map(({ line }) => line);
const refusalOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof UnreadableCsv) return error.message;
    throw error;
  }
  throw new Error('It was read.');
};

const PEOPLE = [
  ['Name', 'Phone'],
  ['Ann Lee', '+12025550101'],
  ['Zoë Müller', '+12025550102'],
];

describe('a CSV file of leads', () => {
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

  it('keeps separators, doubled quotes and line breaks inside quotes', () => {
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

  it('tells the line that a row begins on, whatever line breaks its fields hold', () => {
    const text = 'name,note\r\nAnn,"one\r\ntwo\nthree"\r\nBob,x\r\n\r\n"Cy\rDee",y\nEve,z';
    expect(linesOf(text)).toEqual([1, 2, 5, 7, 9]);
  });

  it('passes over blank lines, and rows that a spreadsheet left empty', () => {
    const text = '\n \nname;phone\n\n;\nAnn;1\n ; \n"";""\nBob;2\n\n';
    expect(fieldsOf(text)).toEqual([
      ['name', 'phone'],
      ['Ann', '1'],
      ['Bob', '2'],
    ]);
    expect(linesOf(text)).toEqual([3, 6, 9]);
  });

  it('leaves out the spaces around a field, quoted or not, and those before a quote', () => {
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

  it('may have rows with too few and too many fields', () => {
    expect(fieldsOf('a,b\n1\n1,2,3\n1,')).toEqual([['a', 'b'], ['1'], ['1', '2', '3'], ['1', '']]);
  });

  it('is told apart by its heading, not by what is quoted there or stands below', () => {
    expect(detectDelimiter('"Name, first\nand last";Phone\nAnn,Lee,x,y')).toBe(';');
    expect(detectDelimiter('\n\nname;phone\n')).toBe(';');
    expect(detectDelimiter('name')).toBe(',');
    expect(detectDelimiter('')).toBe(',');
  });

  it('may have a nickname in quotes', () => {
    expect(fieldsOf('name,phone\nAnn "Annie" Lee,1\n')).toEqual([
      ['name', 'phone'],
      ['Ann "Annie" Lee', '1'],
    ]);
  });

  it('keeps its line numbers beyond what is read in one piece', () => {
    const long = `name\n${'"a\nb"\n\n'.repeat(700)}last`;
    expect(linesOf(long).at(-1)).toBe(2 + 700 * 3);
    expect(linesOf(long)).toHaveLength(702);
  });

  it('may be empty', () => {
    expect(rowsOf('')).toEqual([]);
    expect(rowsOf('\r\n\r\n')).toEqual([]);
  });

  it('gives columns of the same name, or of none, names of their own', () => {
    expect(
      columnNames({ line: 1, fields: ['Phone', ' Phone ', '', 'Phone (2)', 'Phone', ''] }),
    ).toEqual(['Phone', 'Phone (2)', 'Column 3', 'Phone (2) (2)', 'Phone (3)', 'Column 6']);
  });

  it('may name a hundred thousand columns alike without anybody having to wait', () => {
    // Compared in pairs these would take hours, and the test its whole time.
    const names = columnNames({ line: 1, fields: Array.from({ length: 100_000 }, () => 'Phone') });
    expect(names.at(-1)).toBe('Phone (100000)');
    expect(new Set(names).size).toBe(100_000);
  });

  it('is read only as far as somebody asks', () => {
    const rows = readRows('name\nAnn\n"never closed', ',');
    expect(rows.next().value).toEqual({ line: 1, fields: ['name'] });
    expect(rows.next().value).toEqual({ line: 2, fields: ['Ann'] });
    expect(() => rows.next()).toThrow(UnreadableCsv);
  });
});

describe('a file that is not CSV is refused with the line and what to do', () => {
  it.each([
    [
      'a quote that never closes',
      'name,phone\nAnn,1\n"Bob,2\nCy,3\n',
      'The file cannot be read as CSV: a quote that opens on line 3 never closes.',
    ],
    [
      'a quote that closes in the middle of another field',
      'name,phone\n"Ann,1\n"Bob",2\n',
      'The file cannot be read as CSV: a quoted field of line 2 goes on after its closing quote. Inside a quoted field a quote is written twice.',
    ],
    [
      'quotes around a nickname',
      'name,phone\n"Ann "Annie" Lee",1\n',
      'The file cannot be read as CSV: a quoted field of line 2 goes on after its closing quote. Inside a quoted field a quote is written twice.',
    ],
  ])('%s', (_name, text, sentence) => {
    expect(refusalOf(() => rowsOf(text))).toBe(sentence);
  });
});

describe('the bytes of a file', () => {
  const text = PEOPLE.map((row) => row.join(',')).join('\n');
  const swapped = (bytes: Buffer): Buffer => Buffer.from(bytes).swap16();

  it.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${text}`)],
    ['UTF-16, as Excel saves "Unicode text"', Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['UTF-16 the other way round', swapped(Buffer.from(`\uFEFF${text}`, 'utf16le'))],
  ])('may be %s', (_name, bytes) => {
    expect(decodeCsv(bytes)).toBe(text);
  });

  it("are not guessed: an old spreadsheet's Latin-1 is refused", () => {
    expect(refusalOf(() => decodeCsv(Buffer.from('name\nZo\u00EB', 'latin1')))).toBe(
      'The file is not UTF-8 text. In the spreadsheet choose "CSV UTF-8" when saving, then import it again.',
    );
  });

  it.each([
    ['an Excel workbook', Buffer.from([0x50, 0x4b, 0x03, 0x04, 0x14, 0x00, 0x06, 0x00, 0xff])],
    ['UTF-16 without its mark', Buffer.from(text, 'utf16le')],
    ['text with a NUL in it', Buffer.from('name\nAnn\u0000Lee')],
    ['UTF-16 with a NUL in it', Buffer.from('\uFEFFname\nAnn\u0000Lee', 'utf16le')],
  ])('are not %s', (_name, bytes) => {
    expect(refusalOf(() => decodeCsv(bytes))).toBe(
      'The file is not text (an .xlsx, perhaps?). Save it as CSV, then import it again.',
    );
  });

  it('may come as text, with a byte order mark or without', () => {
    expect(checkText(`\uFEFF${text}`)).toBe(text);
    expect(checkText(text)).toBe(text);
    expect(refusalOf(() => checkText('a\u0000b'))).toContain('not text');
  });
});
