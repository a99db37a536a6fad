import type { CallView } from '@outdial/postgres';
import { type CsvValue, csvLine } from '@outdial/protocol';
import { isoOrNull } from '../../operations/to-time.js';

const COLUMNS: readonly (readonly [heading: string, value: (call: CallView) => CsvValue])[] = [
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
  ['disposition_code', (call) => call.dispositionCode],
  ['notes', (call) => call.note],
  ['talk_seconds', (call) => call.talkSeconds],
  ['attempt', (call) => call.attempt],
  ['connection', (call) => call.provider],
  ['crm_state', (call) => call.crm?.state ?? null],
  ['crm_activity_id', (call) => call.crm?.activityId ?? null],
];

export const csvHeading = (): string => csvLine(COLUMNS.map(([heading]) => heading));

export const toCsvRow = (call: CallView): string =>
  csvLine(COLUMNS.map(([, value]) => value(call)));
