import type { ErasedPerson, Person, PersonData, PersonKey } from '@outdial/postgres';
import type { ExportPerson, PersonErased, PersonExport } from '@outdial/protocol';

type Rows = PersonExport['leads'];
const rows = (of: readonly unknown[]): Rows => of as Rows;

export const toWirePerson = (
  asked: ExportPerson,
  { person, data }: { readonly person: Person; readonly data: PersonData },
  now: Date,
): PersonExport => ({
  exported_at: now.toISOString(),
  found_by: {
    ...(asked.phone_number !== undefined && { phone_number: asked.phone_number }),
    ...(asked.email !== undefined && { email: asked.email }),
    ...(asked.lead_id !== undefined && { lead_id: asked.lead_id }),
  },
  phone_numbers: [...person.phones],
  emails: [...person.emails],
  leads: rows(data.leads),
  queue_items: rows(data.queueItems),
  calls: rows(data.calls),
  crm_contacts: rows(data.crm.contacts),
  crm_activities: rows(data.crm.activities),
  provider_events: rows(data.providerEvents),
  campaign_numbers: rows(data.campaignNumbers),
  suppressions: rows(data.suppressions),
  contact_stops: rows(data.contactStops),
  outside_calls: rows(data.outsideCalls),
  import_errors: rows(data.importErrors),
  audit_entries: rows(data.auditEntries),
  cut: [...data.cut],
});

/** How much there is of each, for the audit log. */
export const countsOf = ({ data }: { readonly data: PersonData }) => ({
  leads: data.leads.length,
  queue_items: data.queueItems.length,
  calls: data.calls.length,
  provider_events: data.providerEvents.length,
  crm_records: data.crm.contacts.length + data.crm.activities.length,
});

export const toWireErased = (counts: ErasedPerson): PersonErased['erased'] => ({
  leads: counts.leads,
  queue_items: counts.queueItems,
  callbacks: counts.callbacks,
  calls: counts.calls,
  provider_events: counts.providerEvents,
  crm_records: counts.crmRecords,
  imports: counts.imports,
});

export const kindOf = (key: PersonKey): string =>
  ({ phone: 'phone_number', email: 'email', lead: 'lead_id' })[key.kind];
