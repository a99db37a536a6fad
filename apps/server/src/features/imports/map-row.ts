import { outsideCountries } from '@outdial/core';
import type { LeadFields } from '@outdial/postgres';
import type { ColumnMapping, ImportField, ImportRemark } from '@outdial/protocol';
import { looksLikePhone } from './cell-shapes.js';
import { readCountryCell, readNumber } from './read-number.js';
import {
  type OptionalValue,
  readDoNotCall,
  readEmail,
  readScore,
  readText,
  readZone,
  saysNothing,
} from './read-optional.js';

/** Something to say about a line. `code` is the kind, by which lines are counted. */
export interface LineNote {
  readonly code: ImportRemark;
  readonly field: ImportField | null;
  readonly reason: string;
}

/** What a row asks for, as far as the row alone can tell. `phones`: all that could be read, the one to dial first. */
export type MappedRow =
  | {
      readonly kind: 'lead';
      readonly lead: LeadFields;
      readonly phones: readonly string[];
      readonly notes: readonly LineNote[];
    }
  /** The person must not be called: their numbers go on the suppression list. */
  | {
      readonly kind: 'suppress';
      readonly phones: readonly string[];
      readonly notes: readonly LineNote[];
    }
  | {
      readonly kind: 'refused';
      readonly phones: readonly string[];
      readonly notes: readonly LineNote[];
    };

export interface RowMapping {
  readonly columns: readonly string[];
  readonly mapping: ColumnMapping;
  /** In the order in which they are tried; columns that are mapped to the phone number and missing here come behind. */
  readonly phoneColumns?: readonly string[] | undefined;
  readonly defaultCountry: string | null;
  /** A lead has numbers of these countries only; empty or left out: of every country. */
  readonly allowedCountries?: readonly string[] | undefined;
  /** The file is a do-not-call list: each row is marked, unless a do-not-call column of its own says no. */
  readonly isDoNotCallList?: boolean | undefined;
}

/** As the API has them for a lead that a person types in. */
const LONGEST = { job_title: 200, company: 200, headcount: 40, industry: 100 } as const;
const LONGEST_NAME = 200;
/** More numbers of one person are of no use to a dialer, and each costs time. */
const MOST_NUMBERS = 10;

/** Turns rows of one file into leads. Only a row without a number to dial is refused; what else cannot be used is left out and said. */
export function rowMapper({
  columns,
  mapping,
  phoneColumns,
  defaultCountry,
  allowedCountries = [],
  isDoNotCallList = false,
}: RowMapping): (fields: readonly string[]) => MappedRow {
  const columnsOf = new Map<ImportField, number[]>();
  columns.forEach((column, index) => {
    const field = Object.hasOwn(mapping, column) ? mapping[column] : undefined;
    if (field !== undefined) columnsOf.set(field, [...(columnsOf.get(field) ?? []), index]);
  });
  const rank = new Map((phoneColumns ?? []).map((column, at) => [column, at]));
  const phoneIndexes = (columnsOf.get('phone_number') ?? []).toSorted(
    (a, b) =>
      (rank.get(columns[a] ?? '') ?? columns.length) -
        (rank.get(columns[b] ?? '') ?? columns.length) || a - b,
  );

  return (fields) => {
    /** Of several columns for one field, the first that is filled in. */
    const value = (field: ImportField): string | null => {
      for (const index of columnsOf.get(field) ?? []) {
        const text = unescaped(fields[index] ?? '');
        if (text !== '') return text;
      }
      return null;
    };
    const notes: LineNote[] = [];
    const note = (code: ImportRemark, field: ImportField | null, reason: string): void => {
      notes.push({ code, field, reason });
    };

    const marks = columnsOf.get('do_not_call') ?? [];
    const doNotCall =
      isDoNotCallList && marks.length === 0
        ? { yes: true, sure: true }
        : marks
            .map((index) => readDoNotCall(fields[index] ?? ''))
            .reduce(
              (a, b) => ({ yes: a.yes || b.yes, sure: (a.yes && a.sure) || (b.yes && b.sure) }),
              { yes: false, sure: false },
            );
    const country = readCountry(value('country'), defaultCountry);
    if (country.note !== null && !doNotCall.yes) note('unusable_field', 'country', country.note);

    const numbers = readNumbers(
      phoneIndexes.map((index) => ({ cell: fields[index] ?? '', label: columns[index] ?? '' })),
      country.code,
      doNotCall.yes ? 'any' : 'dialable',
      doNotCall.yes ? [] : allowedCountries,
    );
    const extra =
      fields.length > columns.length && fields.slice(columns.length).some((field) => field !== '');
    const refused = (code: ImportRemark, field: ImportField | null, reason: string): MappedRow => ({
      kind: 'refused',
      phones: numbers.phones,
      notes: [{ code, field, reason }],
    });

    if (doNotCall.yes) {
      // Whatever else is wrong with the row: the numbers that are in it are not called.
      const phones = [
        ...new Set([...numbers.phones, ...(extra ? strayNumbers(fields, country.code) : [])]),
      ];
      if (phones.length === 0) {
        return refused(
          'do_not_call_unreadable',
          'phone_number',
          `is marked "do not call", but ${numbers.fault === null ? 'the row has no number' : `the number ${numbers.fault}`}, so it is NOT on the suppression list`,
        );
      }
      return {
        kind: 'suppress',
        phones,
        notes: [
          {
            code: 'do_not_call',
            field: null,
            reason: doNotCall.sure
              ? 'is marked "do not call": the number is on the suppression list, no lead was made'
              : 'says neither yes nor no in the do-not-call column, which is taken for yes: the number is on the suppression list, no lead was made',
          },
          ...numbers.leftOut.map(
            (reason): LineNote => ({ code: 'number_left_out', field: 'phone_number', reason }),
          ),
        ],
      };
    }
    if (extra) {
      return refused(
        'too_many_fields',
        null,
        `has ${fields.length} fields where the heading has ${columns.length}; is a separator or a quote misplaced?`,
      );
    }
    const name = readText(
      value('name') ??
        ([value('first_name'), value('last_name')].filter((part) => part !== null).join(' ') ||
          value('company')),
      LONGEST_NAME,
    );
    if (name.value === null) return refused('no_name', 'name', 'is empty');
    if (name.reason !== undefined) note('cut_field', 'name', name.reason);
    else if (
      value('name') === null &&
      value('first_name') === null &&
      value('last_name') === null
    ) {
      note('company_as_name', 'name', 'is empty: the company is the name of the lead');
    }
    const [phone] = numbers.phones;
    if (phone === undefined) {
      return numbers.fault === null
        ? refused('no_number', 'phone_number', 'is empty')
        : refused('unusable_number', 'phone_number', numbers.fault);
    }
    for (const reason of numbers.leftOut) note('number_left_out', 'phone_number', reason);

    const optional = <T>(field: ImportField, read: OptionalValue<T>): T | null => {
      if (read.reason !== undefined)
        note(read.cut ? 'cut_field' : 'unusable_field', field, read.reason);
      return read.value;
    };
    return {
      kind: 'lead',
      phones: numbers.phones,
      notes,
      lead: {
        name: name.value,
        phone,
        furtherPhones: numbers.further,
        jobTitle: optional('job_title', readText(value('job_title'), LONGEST.job_title)),
        company: optional('company', readText(value('company'), LONGEST.company)),
        email: optional('email', readEmail(value('email'))),
        headcount: optional('headcount', readText(value('headcount'), LONGEST.headcount)),
        industry: optional('industry', readText(value('industry'), LONGEST.industry)),
        timeZone: optional('time_zone', readZone(value('time_zone'))),
        score: optional('score', readScore(value('score'))),
      },
    };
  };
}

/** The apostrophe that our own files, and spreadsheets, put before what looks like a formula. */
const unescaped = (cell: string): string => {
  const text = cell.trim();
  return /^'[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/.test(text) ? text.slice(1) : text;
};

function readCountry(
  text: string | null,
  defaultCountry: string | null,
): { readonly code: string | null; readonly note: string | null } {
  if (text === null || saysNothing(text)) return { code: defaultCountry, note: null };
  const code = readCountryCell(text);
  if (code !== null) return { code, note: null };
  // Without a country a number in national form is refused, which is better than another person's number.
  return {
    code: null,
    note: 'is not a country that we know: only a number with + and its country code could be read',
  };
}

interface ReadNumbers {
  /** Each once, in the order in which they are tried. */
  readonly phones: readonly string[];
  /** All but the first, with the heading of their column. */
  readonly further: readonly { readonly phone: string; readonly label: string | null }[];
  /** Why the first cell that is filled in could not be used; null: no cell is. */
  readonly fault: string | null;
  /** Why other cells were passed over, where one could be used. */
  readonly leftOut: readonly string[];
}

const LONGEST_LABEL = 40;

function readNumbers(
  cells: readonly { readonly cell: string; readonly label: string }[],
  country: string | null,
  types: 'dialable' | 'any',
  allowed: readonly string[],
): ReadNumbers {
  const phones = new Map<string, string>();
  const faults: string[] = [];
  const remarks: string[] = [];
  for (const { cell, label } of cells) {
    const text = cell.trim();
    if (text === '' || saysNothing(text)) continue;
    if (phones.size >= MOST_NUMBERS) break;
    const read = readNumber(text, country, types);
    if (!read.ok) {
      faults.push(read.reason);
      continue;
    }
    for (const phone of [read.phone, ...read.others]) {
      const outside = outsideCountries(phone, allowed);
      if (outside !== null) faults.push(outside);
      else if (!phones.has(phone)) phones.set(phone, label);
    }
    if (read.extension !== null)
      remarks.push(`has the extension ${read.extension}, which is not dialed`);
  }
  const [fault = null] = faults;
  const further = [...phones]
    .slice(1)
    .map(([phone, label]) => ({ phone, label: label.slice(0, LONGEST_LABEL) || null }));
  return {
    phones: [...phones.keys()],
    further,
    fault,
    leftOut: phones.size === 0 ? [] : [...remarks, ...faults],
  };
}

/** A row whose fields are displaced: whatever in it can only be a number. */
const strayNumbers = (fields: readonly string[], country: string | null): string[] =>
  fields.flatMap((field) => {
    if (!looksLikePhone(field)) return [];
    const read = readNumber(field, country, 'any');
    return read.ok ? [read.phone, ...read.others] : [];
  });
