/** What files of other kinds begin with; `at` where the signature is not the first byte. */
const SIGNATURES: readonly (readonly [signature: string, sentence: string])[] = [
  [
    'd0cf11e0a1b11ae1',
    'This is an old Excel workbook (.xls). Open it in the spreadsheet and save it as "CSV UTF-8", then import that file.',
  ],
  [
    '25504446',
    'This is a PDF document. Export the list as CSV from where it comes from, then import that file.',
  ],
  ['89504e47', 'This is a picture (PNG). Import the list as a CSV file.'],
  ['ffd8ff', 'This is a picture (JPEG). Import the list as a CSV file.'],
  ['47494638', 'This is a picture (GIF). Import the list as a CSV file.'],
  ['1f8b', 'This is a compressed file (.gz). Unpack it, then import the CSV file inside.'],
  ['377abcaf271c', 'This is a compressed file (.7z). Unpack it, then import the CSV file inside.'],
  ['526172211a07', 'This is a compressed file (.rar). Unpack it, then import the CSV file inside.'],
  [
    '7b5c727466',
    'This is a text document (RTF). Copy the list into a spreadsheet and save it as "CSV UTF-8", then import that file.',
  ],
  [
    '53514c69746520666f726d6174',
    'This is an SQLite database. Export the table as CSV, then import that file.',
  ],
  ['50415231', 'This is a Parquet file. Export the table as CSV, then import that file.'],
];

const WORKBOOK =
  'Open it in the spreadsheet and save the sheet as "CSV UTF-8", then import that file.';

/** What the bytes are when they are not text: a sentence that says so and what to do. null: they may be text. */
export function nameBinaryKind(file: Uint8Array): string | null {
  const hex = Buffer.from(file.subarray(0, 16)).toString('hex');
  if (hex.startsWith('504b0304') || hex.startsWith('504b0506')) return nameZip(file);
  return SIGNATURES.find(([signature]) => hex.startsWith(signature))?.[1] ?? null;
}

function nameZip(file: Uint8Array): string {
  // Names of the parts stand in plain letters at the beginning and at the end of the file.
  const names = [file.subarray(0, 8192), file.subarray(Math.max(0, file.length - 65_536))]
    .map((part) => Buffer.from(part).toString('latin1'))
    .join('');
  if (names.includes('xl/')) return `This is an Excel workbook (.xlsx). ${WORKBOOK}`;
  if (names.includes('opendocument.spreadsheet')) {
    return `This is an OpenDocument spreadsheet (.ods). ${WORKBOOK}`;
  }
  if (names.includes('Index/Document.iwa')) return `This is a Numbers spreadsheet. ${WORKBOOK}`;
  if (names.includes('word/')) {
    return 'This is a Word document (.docx). Copy the list into a spreadsheet and save it as "CSV UTF-8", then import that file.';
  }
  return 'This is a compressed file (.zip). Unpack it, then import the CSV file inside.';
}

const HTML =
  'This is a web page (HTML), as some programs save it under the name .xls. Open it in a spreadsheet and save it as "CSV UTF-8", then import that file.';

/** Likewise for what is text and no table. */
export function nameTextKind(text: string): string | null {
  const beginning = text.slice(0, 4096).trimStart();
  const lower = beginning.toLowerCase();
  if (/^begin:vcard\b/.test(lower)) {
    return 'This is a file of contacts (vCard, .vcf). Export the contacts as CSV (in Google Contacts: "Google CSV"), then import that file.';
  }
  if (/^begin:vcalendar\b/.test(lower)) {
    return 'This is a calendar (.ics). Export the list of people as CSV, then import that file.';
  }
  if (/^(?:<\?xml\b|<workbook\b)/.test(lower) && lower.includes('workbook')) {
    return `This is a spreadsheet saved as XML. ${WORKBOOK}`;
  }
  if (/^(?:<!doctype html|<!--|<html|<head|<body|<meta|<style|<div|<table|<tr)\b/.test(lower)) {
    return HTML;
  }
  if (lower.startsWith('<?xml')) {
    return /<html/.test(lower)
      ? HTML
      : 'This is an XML file. Export the list as CSV, then import that file.';
  }
  if (/^mime-version:/.test(lower) && lower.includes('text/html')) return HTML;
  if (lower.startsWith('%pdf')) return SIGNATURES[1]?.[1] ?? null;
  if (/^[[{]\s*(?:["{[]|$)/.test(beginning) && /["\]]\s*:/.test(beginning) && isJson(text)) {
    return 'This is a JSON file. Export the list as CSV, then import that file.';
  }
  if (/^(?:version: 1\s+)?dn:\s/.test(lower)) {
    return 'This is an address book in LDIF. Export it as CSV, then import that file.';
  }
  return null;
}

/** By its two ends: what is between may be megabytes. */
const isJson = (text: string): boolean => /[\]}]\s*$/.test(text.slice(-100));
