import type { CallView } from '@outdial/postgres';
import { isoOrNull } from './time.js';

type Value = string | number | null;

const COLUMNS: readonly (readonly [heading: string, value: (call: CallView) => Value])[] = [
  ['call_id', (call) => call.id],
  ['ended_at', (call) => isoOrNull(call.endedAt)],
  ['dialed_at', (call) => isoOrNull(call.dialedAt)],
  ['agent', (call) => call.agentName],
  ['queue', (call) => call.queueName],
  ['lead_name', (call) => call.lead.name],
  ['company', (call) => call.lead.company],
  ['job_title', (call) => call.lead.jobTitle],
  ['phone_number', (call) => call.phone],
  ['email', (call) => call.lead.email],
  ['outcome', (call) => call.outcome],
  ['disposition', (call) => call.disposition],
  ['notes', (call) => call.note],
  ['talk_seconds', (call) => call.talkSeconds],
  ['attempt', (call) => call.attempt],
  ['provider', (call) => call.provider],
  ['crm_state', (call) => call.crm?.state ?? null],
  ['crm_activity_id', (call) => call.crm?.activityId ?? null],
];

export const csvHeading = (): string => line(COLUMNS.map(([heading]) => heading));

export const toCsvRow = (call: CallView): string => line(COLUMNS.map(([, value]) => value(call)));

const line = (values: readonly Value[]): string => `${values.map(cell).join(',')}\r\n`;

/** What a spreadsheet takes for a formula, full-width signs and leading blanks included. */
const FORMULA = /^\s*[=+\-@\t\r\n\uFF0B\uFF0D\uFF1D\uFF20]/;
/** A plus and digits only: a formula too, but one that can be nothing else than this number. */
const PLAIN_NUMBER = /^\+[1-9]\d{1,14}$/;

/** RFC 4180, and nothing that a spreadsheet would run: such text gets an apostrophe in front. */
function cell(value: Value): string {
  if (value === null) return '';
  const text = String(value);
  const harmless =
    typeof value === 'string' && FORMULA.test(text) && !PLAIN_NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n\t']/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
