import type { FileEncoding, Import, ImportField, ImportRemark, LineFate } from '@outdial/protocol';

export const FIELD_WORDS: Record<ImportField, string> = {
  name: 'Name',
  first_name: 'First name',
  last_name: 'Last name',
  job_title: 'Job title',
  phone_number: 'Phone number',
  company: 'Company',
  email: 'Email',
  headcount: 'Headcount',
  industry: 'Industry',
  time_zone: 'Time zone',
  score: 'Score',
  country: 'Country',
  do_not_call: 'Do not call',
};

export const ENCODING_WORDS: Record<FileEncoding, string> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16',
  'utf-16be': 'UTF-16, other byte order',
  'windows-1252': 'Windows, Western Europe (1252)',
  macintosh: 'Mac, Western Europe',
  'iso-8859-15': 'Latin-9, Western Europe (8859-15)',
  'windows-1250': 'Windows, Central Europe (1250)',
  'windows-1251': 'Windows, Cyrillic (1251)',
  'iso-8859-2': 'Latin-2, Central Europe (8859-2)',
  ibm850: 'DOS, Western Europe (850)',
  'koi8-r': 'Cyrillic (KOI8-R)',
  ibm866: 'DOS, Cyrillic (866)',
  'iso-8859-5': 'Cyrillic (8859-5)',
  shift_jis: 'Japanese (Shift_JIS)',
  'euc-jp': 'Japanese (EUC-JP)',
  gbk: 'Chinese, simplified (GBK)',
  big5: 'Chinese, traditional (Big5)',
  'euc-kr': 'Korean (EUC-KR)',
};

export const FATE_WORDS: Record<LineFate, string> = {
  created: 'Created',
  updated: 'Updated',
  skipped: 'Skipped',
  suppressed: 'Do not call',
  refused: 'Refused',
};

const REMARK_WORDS: Record<ImportRemark, string> = {
  duplicate_in_file: 'Same number as an earlier line',
  lead_already: 'Already a lead, left as it is',
  lead_put_into_queue: 'Already a lead, now in the queue',
  in_queue_already: 'Already a lead, and in this queue',
  done_in_queue: 'Called to the end in this queue already',
  ended_by_person: 'Said on a call that no more calls are wanted',
  updated: 'Already a lead, now as this file says',
  on_suppression_list: 'On the suppression list: not called',
  do_not_call: 'Marked “do not call”: now on the suppression list',
  do_not_call_unreadable: 'Marked “do not call”, but NOT on the list: no readable number',
  unusable_number: 'The number cannot be used',
  no_number: 'Without a number',
  no_name: 'Without a name',
  too_many_fields: 'More fields than the heading',
  unusable_field: 'Imported without a field',
  cut_field: 'Imported with a field cut short',
  number_left_out: 'Imported without one of the numbers',
  company_as_name: 'Imported with the company as the name',
  refused: 'Refused',
};

/** What is said of lines of one kind; a remark that an older release stored reads as the fate of its line. */
export const remarkWords = (group: { readonly code: string; readonly fate: LineFate }): string =>
  Object.hasOwn(REMARK_WORDS, group.code)
    ? REMARK_WORDS[group.code as ImportRemark]
    : FATE_WORDS[group.fate];

export const IMPORT_STATE_WORDS: Record<Import['state'], { word: string; color: string }> = {
  PENDING: { word: 'Waiting', color: 'gray' },
  RUNNING: { word: 'Running', color: 'amber' },
  DONE: { word: 'Done', color: 'signal' },
  FAILED: { word: 'Failed', color: 'rust' },
};
