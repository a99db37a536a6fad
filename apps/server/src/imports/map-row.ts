import { isKnownZone, parsePhone } from '@outdial/core';
import type { LeadFields } from '@outdial/postgres';
import type { ColumnMapping, ImportField } from '@outdial/protocol';
import { z } from 'zod';
import type { CsvRow } from './read-csv.js';

export type MappedRow =
  | { readonly kind: 'lead'; readonly line: number; readonly lead: LeadFields }
  | {
      readonly kind: 'error';
      readonly line: number;
      readonly field: string | null;
      readonly reason: string;
    };

/** As the API has them for a lead that a person types in. */
const LONGEST: Partial<Record<ImportField, number>> = {
  job_title: 200,
  company: 200,
  email: 254,
  headcount: 40,
  industry: 100,
};
const Email = z.email();

/** Turns rows of one file into leads. A row that is no lead says which field is at fault, and why. */
export function rowMapper(
  columns: readonly string[],
  mapping: ColumnMapping,
  defaultCountry: string | undefined,
): (row: CsvRow) => MappedRow {
  const columnsOf = new Map<ImportField, number[]>();
  columns.forEach((column, index) => {
    const field = Object.hasOwn(mapping, column) ? mapping[column] : undefined;
    if (field !== undefined) columnsOf.set(field, [...(columnsOf.get(field) ?? []), index]);
  });

  return (row) => {
    const error = (field: ImportField | null, reason: string): MappedRow => ({
      kind: 'error',
      line: row.line,
      field,
      reason,
    });
    /** Of several columns for one field, the first that is filled in. */
    const value = (field: ImportField): string | null => {
      for (const index of columnsOf.get(field) ?? []) {
        const text = row.fields[index]?.trim();
        if (text) return text;
      }
      return null;
    };

    if (
      row.fields.length > columns.length &&
      row.fields.slice(columns.length).some((field) => field !== '')
    ) {
      return error(
        null,
        `has ${row.fields.length} fields where the heading has ${columns.length}; is a separator or a quote misplaced?`,
      );
    }
    const name =
      value('name') ??
      ([value('first_name'), value('last_name')].filter((part) => part !== null).join(' ') || null);
    if (name === null) return error('name', 'is empty');
    if (name.length > 200) return error('name', 'is longer than 200 characters');

    const number = value('phone_number');
    if (number === null) return error('phone_number', 'is empty');
    const phone = parsePhone(number, defaultCountry);
    if (!phone.ok) return error('phone_number', phone.reason);

    for (const field of Object.keys(LONGEST) as ImportField[]) {
      const longest = LONGEST[field] ?? 0;
      if ((value(field)?.length ?? 0) > longest)
        return error(field, `is longer than ${longest} characters`);
    }
    const email = value('email');
    if (email !== null && !Email.safeParse(email).success)
      return error('email', 'is not an e-mail address');
    const timeZone = value('time_zone');
    if (timeZone !== null && !isKnownZone(timeZone)) {
      return error('time_zone', 'is not a time zone such as America/New_York');
    }
    const scoreText = value('score');
    const score = scoreText === null ? null : Number(scoreText);
    if (score !== null && (!Number.isFinite(score) || Math.abs(score) > 1_000_000)) {
      return error('score', 'is not a number');
    }

    return {
      kind: 'lead',
      line: row.line,
      lead: {
        name,
        phone: phone.e164,
        jobTitle: value('job_title'),
        company: value('company'),
        email,
        headcount: value('headcount'),
        industry: value('industry'),
        timeZone,
        score: score === null ? null : Math.round(score),
      },
    };
  };
}
