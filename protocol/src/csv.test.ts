import { describe, expect, it } from 'vitest';
import { csvLine } from './csv.js';

const cell = (value: string | number | null) => csvLine([value]).replace(/\r\n$/, '');

describe('a CSV file of ours', () => {
  it('separates, quotes and ends its lines as RFC 4180 says', () => {
    expect(csvLine(['Ada', 3, null, 'Acme, Inc.', 'says "hi"', 'two\nlines'])).toBe(
      'Ada,3,,"Acme, Inc.","says ""hi""","two\nlines"\r\n',
    );
  });

  it.each(['=1+1', '+1+1', '-1+1', '@SUM(A1)', '=cmd|/C calc!A0', '＝1+1', '＋1', '－1', '＠a'])(
    'holds nothing that a spreadsheet would run: %s',
    (formula) => {
      for (const before of ['', ' ', '\u200b']) {
        expect(cell(`${before}${formula}`)).toBe(`"'${before}${formula}"`);
      }
      for (const before of ['\t', '\r', '\r\n']) {
        expect(cell(`${before}${formula}`)).toBe(`"'${before}'${formula}"`);
      }
      expect(cell(`"${formula}`)).toBe(`"'""${formula}"`);
    },
  );

  it('a CSV file of ours holds nothing either that a spreadsheet would run that separates at semicolons or tabs', () => {
    for (const between of [';', '\t', '\n', '\r\n', '; "', ';;']) {
      const text = `called${between}=HYPERLINK("x")`;
      const signAt = text.indexOf('=');
      const harmless = `${text.slice(0, signAt)}'${text.slice(signAt)}`;
      expect(cell(text)).toBe(`"${harmless.replaceAll('"', '""')}"`);
    }
  });

  it('a CSV file of ours leaves telephone numbers as they are, and only those', () => {
    expect(cell('+12025550143')).toBe('+12025550143');
    expect(cell('+12025550143+1')).toBe(`"'+12025550143+1"`);
    expect(cell('+1 202 555 0143')).toBe(`"'+1 202 555 0143"`);
    expect(cell(-5)).toBe('-5');
  });

  it('a CSV file of ours leaves names and notes as they are', () => {
    for (const text of ['Ada Lovelace', 'a-b', 'a=b', '5 + 3', 'ada@example.com']) {
      expect(cell(text)).toBe(text);
    }
  });
});
