import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { contactPayload } from '../contact-payload.js';
import type { Contact, ContactFields, Contacts } from '../contacts.js';
import type { Events } from '../events.js';
import type { Pace } from '../pace.js';
import { listPage } from '../pagination.js';
import type { Settings } from '../settings.js';
import { bodyOf, found, idOf, listRequest, queryValues } from './request-parts.js';

const details = z.array(z.object({ label: z.string().default('Work'), value: z.string() }));
const contactBody = z.object({
  first_name: z.string().nullable().optional(),
  last_name: z.string().nullable().optional(),
  company_name: z.string().nullable().optional(),
  information: z.string().nullable().optional(),
  phone_numbers: details.optional(),
  emails: details.optional(),
});

/** Reference 5.2; an update is a POST, not a PUT. */
export function contactRoutes(
  app: FastifyInstance,
  state: { pace: Pace; contacts: Contacts; events: Events; settings: Settings },
): void {
  const { pace, contacts, events, settings } = state;
  const fieldsOf = (request: FastifyRequest): ContactFields => {
    const body = bodyOf(request, contactBody);
    return {
      firstName: body.first_name,
      lastName: body.last_name,
      companyName: body.company_name,
      information: body.information,
      phoneNumbers: body.phone_numbers,
      emails: body.emails,
    };
  };
  const page = (request: FastifyRequest, items: readonly Contact[]) =>
    listPage(listRequest(request), items, {
      key: 'contacts',
      createdAtMs: (contact) => contact.createdAt,
      payload: (contact) => contactPayload(contact),
      behaviour: settings.behaviour,
    });
  const contactOf = (request: FastifyRequest) =>
    found(contacts.find(idOf(request, 'Contact')), 'Contact');

  app.get('/v1/contacts', (request) => page(request, contacts.all()));
  app.get('/v1/contacts/search', (request) => {
    const [phoneNumber] = queryValues(request, 'phone_number');
    const [email] = queryValues(request, 'email');
    if (phoneNumber !== undefined) return page(request, contacts.withPhoneNumber(phoneNumber));
    return page(request, email === undefined ? contacts.all() : contacts.withEmail(email));
  });
  app.get('/v1/contacts/:id', (request) => ({ contact: contactPayload(contactOf(request)) }));
  app.post('/v1/contacts', (request, reply) => {
    const contact = contacts.add(fieldsOf(request), pace.now());
    events.aboutContact('contact.created', contact);
    return reply.code(201).send({ contact: contactPayload(contact) });
  });
  app.post('/v1/contacts/:id', (request) => {
    const contact = contacts.update(contactOf(request), fieldsOf(request), pace.now());
    events.aboutContact('contact.updated', contact);
    return { contact: contactPayload(contact) };
  });
  app.delete('/v1/contacts/:id', (request, reply) => {
    const contact = contactOf(request);
    contacts.remove(contact.id);
    events.aboutContact('contact.deleted', contact);
    return reply.code(204).send();
  });
}
