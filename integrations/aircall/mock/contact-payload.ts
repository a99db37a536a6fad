import type { Contact } from './contacts.js';

/** Reference 5.2. Dates are UNIX seconds by API and ISO strings in webhooks (7.2). */
export function contactPayload(
  contact: Contact,
  dates: 'unix' | 'iso' = 'unix',
): Record<string, unknown> {
  const date = (ms: number) =>
    dates === 'iso' ? new Date(ms).toISOString() : Math.floor(ms / 1000);
  return {
    id: contact.id,
    direct_link: `https://api.aircall.io/v1/contacts/${contact.id}`,
    first_name: contact.firstName,
    last_name: contact.lastName,
    company_name: contact.companyName,
    information: contact.information,
    is_shared: true,
    phone_numbers: contact.phoneNumbers,
    emails: contact.emails,
    created_at: date(contact.createdAt),
    updated_at: date(contact.updatedAt),
  };
}
