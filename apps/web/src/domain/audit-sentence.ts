import type { AuditEntry } from '@outdial/protocol';
import { AUDIT_ACTION_WORDS } from './catalogue/audit-words.js';

type Details = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Details =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textOf = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null;

/** A value as it is said: on, off, none, a list with commas. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(valueText).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** `dialing.delay_seconds` as `dialing, delay seconds`. */
export const fieldText = (field: string) => field.replaceAll('.', ', ').replaceAll('_', ' ');

export interface Change {
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** What was one thing before and another after, where an entry is about that. */
export function changesOf({ details }: Pick<AuditEntry, 'details'>): Change[] {
  const { before, after } = details;
  if (!isRecord(after)) return [];
  const was = isRecord(before) ? before : {};
  return Object.keys(after).map((field) => ({ field, before: was[field], after: after[field] }));
}

/** What an entry is about, as far as it names it. */
function subjectOf({ details, target }: AuditEntry): string | null {
  const after = isRecord(details.after) ? details.after : {};
  return (
    textOf(details.name) ??
    textOf(details.label) ??
    textOf(details.file_name) ??
    textOf(after.name) ??
    textOf(details.email) ??
    (target?.kind === 'phone_number' || target?.kind === 'number' || target?.kind === 'credential'
      ? target.id
      : null)
  );
}

/** One line for people, such as `User changed: role from agent to supervisor`. */
export function sentenceOf(entry: AuditEntry): string {
  const head = AUDIT_ACTION_WORDS[entry.action];
  const subject = subjectOf(entry);
  const isChange = isRecord(entry.details.before);
  const [change, ...more] = isChange ? changesOf(entry) : [];
  const said = change
    ? `${fieldText(change.field)} ${wasSet(change.before) ? `from ${short(change.before)} ` : ''}to ${short(change.after)}${more.length > 0 ? ` and ${more.length} more` : ''}`
    : subject;
  return said === null ? head : `${head}: ${said}`;
}

const wasSet = (before: unknown) => before !== undefined && before !== null && before !== '';

/** Of a value in the sentence, in characters. */
const LONGEST_VALUE_CHARACTERS = 40;
const short = (value: unknown) => {
  const text = valueText(value);
  return text.length > LONGEST_VALUE_CHARACTERS
    ? `${text.slice(0, LONGEST_VALUE_CHARACTERS - 1)}…`
    : text;
};
