import { type Lead as LeadOfCore, readTimeZone } from '@outdial/core';
import type { LeadPhone } from '@outdial/postgres';
import type { operations, PatchLead } from '@outdial/protocol';
import type { FastifyRequest } from 'fastify';
import { authorOf } from '../../access/audit-trail.js';
import { heldTo } from '../../access/principal.js';
import { type Handled, handle } from '../../operations/handle.js';
import { fromWirePage, pageFields } from '../../operations/to-page.js';
import { doesNotFit } from '../../platform/does-not-fit.js';
import { notFound, Refusal } from '../../platform/refusal.js';
import { toWireCrmActivity } from '../crm/to-wire.js';
import type { HttpPorts } from '../http-ports.js';
import { queuesFilled } from '../queues/queue-changes.js';
import { allowContact, changeLead, deleteLead } from './change-lead.js';
import { readPhone } from './read-phone.js';
import { fromWireSort, toWireLead } from './to-wire.js';

type Ports = Pick<
  HttpPorts,
  | 'leads'
  | 'queues'
  | 'queueItems'
  | 'sessions'
  | 'dialer'
  | 'settings'
  | 'enrichment'
  | 'crmReadings'
  | 'clock'
  | 'ids'
  | 'jobs'
  | 'announcements'
  | 'changes'
>;

/** What the CRM calls contacts are our leads: the same routes, under both words. */
export function leadHandlers(
  ports: Ports,
  as: (typeof operations)['leads' | 'contacts'],
): readonly Handled[] {
  const { leads, clock, ids } = ports;
  return [
    handle(as.list, async (request) => {
      const { query } = request;
      const page = await leads.list(
        {
          industries: query.industry,
          headcounts: query.headcount,
          q: query.q,
          visibleTo: visibleTo(request),
        },
        fromWireSort(query.sort),
        fromWirePage(query),
      );
      const phones = await leads.phonesOf(page.rows.map((lead) => lead.id));
      return {
        leads: page.rows.map((lead) => toWireLead(lead, phones.get(lead.id) ?? [])),
        ...pageFields(page),
      };
    }),

    handle(as.create, async (request) => {
      const { body } = request;
      const phone = await readPhone(ports, body.phone_number);
      const furtherPhones = await readFurtherPhones(ports, body.further_phone_numbers);
      if (body.queue_id !== undefined) await findQueue(ports, request, body.queue_id);
      const now = clock.now();
      const answer = await leads.create(
        { id: ids.next(), phone, furtherPhones, ...fieldsOf(body), name: body.name },
        now,
      );
      if (answer.kind === 'duplicate') throw await duplicate(ports, request, answer.leadId);
      if (body.queue_id !== undefined) {
        await ports.queueItems.addLeads(body.queue_id, [answer.lead.id], { now, ids });
        await queuesFilled(ports, [body.queue_id]);
      }
      return {
        message: `${answer.lead.name} was added.`,
        lead: await withPhones(ports, answer.lead),
      };
    }),

    handle(as.filterOptions, async (request) => {
      const { industries, headcounts } = await leads.filterOptions(visibleTo(request));
      return { industries: [...industries], headcounts: [...headcounts] };
    }),

    handle(as.get, async (request) => withPhones(ports, await findLead(ports, request))),

    handle(as.update, async (request) => {
      const { params, body } = request;
      await findLead(ports, request);
      const phone =
        body.phone_number === undefined ? undefined : await readPhone(ports, body.phone_number);
      const furtherPhones = await readFurtherPhones(ports, body.further_phone_numbers);
      const change = {
        patch: { phone, furtherPhones, ...fieldsOf(body) },
        fields: Object.keys(body),
      };
      const answer = await changeLead(ports, params.id, change, authorOf(request));
      if (answer.kind === 'duplicate') throw await duplicate(ports, request, answer.leadId);
      return {
        message: `${answer.lead.name} was saved.`,
        lead: await withPhones(ports, answer.lead),
      };
    }),

    handle(as.remove, async (request) => {
      const lead = await findLead(ports, request);
      const callbacks = await deleteLead(ports, lead, authorOf(request));
      const dropped =
        callbacks === 0
          ? ''
          : ` ${callbacks} promised ${callbacks === 1 ? 'call-back was' : 'call-backs were'} dropped.`;
      return { message: `The lead was deleted; its calls stay in the history.${dropped}` };
    }),

    handle(as.allowContact, async (request) => {
      const lead = await findLead(ports, request);
      const lifted = await allowContact(ports, lead.id, authorOf(request));
      return {
        message:
          lifted === 0
            ? `Nothing said on a call holds ${lead.name}.`
            : `${lead.name} may be called again.`,
        lead: await withPhones(ports, lead),
      };
    }),

    handle(as.enrich, async (request) => {
      const lead = await findLead(ports, request);
      const provider = ports.enrichment.name;
      const answer = await ports.enrichment.enrich(lead).catch((cause: unknown) => {
        throw new Refusal(
          'enrichment_unavailable',
          `The enrichment provider (${provider}) did not answer. Try again later.`,
          { cause },
        );
      });
      if (answer.kind === 'not_found') {
        return {
          message: `${provider} knows nothing more about this person.`,
          lead: await withPhones(ports, lead),
        };
      }
      const now = clock.now();
      const enrichment = { provider, enrichedAt: now, data: answer.data };
      const enriched = await leads.setEnrichment(lead.id, enrichment, now);
      if (enriched === null) throw notFound('lead');
      return {
        message: `${enriched.name} was enriched by ${provider}.`,
        lead: await withPhones(ports, enriched),
      };
    }),

    handle(as.crmActivities, async (request) => {
      const lead = await findLead(ports, request);
      const activities = (await ports.crmReadings?.activitiesOfLead(lead.id)) ?? [];
      return {
        lead_id: lead.id,
        lead_name: lead.name,
        crm_external_id: lead.crmExternalId,
        activities: activities.map(toWireCrmActivity),
        total: activities.length,
      };
    }),
  ];
}

/** The agent to whose leads a request is held; undefined: all are seen. */
const visibleTo = (request: Pick<FastifyRequest, 'principal'>): string | undefined =>
  heldTo(request, 'leads.any') ?? undefined;

async function findLead(
  { leads }: Pick<Ports, 'leads'>,
  request: Pick<FastifyRequest, 'principal'> & { readonly params: { readonly id: string } },
) {
  const lead = await leads.get(request.params.id, visibleTo(request));
  if (lead === null) throw notFound('lead');
  return lead;
}

const withPhones = async ({ leads }: Pick<Ports, 'leads'>, lead: LeadOfCore) =>
  toWireLead(lead, (await leads.phonesOf([lead.id])).get(lead.id) ?? []);

/** undefined: not given, so left as they are. */
async function readFurtherPhones(
  ports: Pick<Ports, 'settings'>,
  given: PatchLead['further_phone_numbers'],
): Promise<readonly LeadPhone[] | undefined> {
  if (given === undefined) return undefined;
  const phones: LeadPhone[] = [];
  for (const [at, { phone_number: input, label }] of given.entries()) {
    const phone = await readPhone(ports, input, `further_phone_numbers.${at}.phone_number`);
    phones.push({ phone, label: label ?? null });
  }
  return phones;
}

async function findQueue(
  { queues }: Pick<Ports, 'queues'>,
  request: Pick<FastifyRequest, 'principal'>,
  queueId: string,
) {
  const queue = await queues.get(queueId, heldTo(request, 'queues.manage') ?? undefined);
  if (queue === null || queue.archivedAt !== null) throw notFound('queue');
  return queue;
}

const fieldsOf = (body: PatchLead) => ({
  name: body.name,
  jobTitle: body.job_title,
  company: body.company,
  email: body.email,
  headcount: body.headcount,
  industry: body.industry,
  timeZone: readZone(body.time_zone),
  score: body.score,
});

/** The zone as it is stored: EST becomes America/New_York. Null empties the field, undefined leaves it. */
function readZone(zone: string | null | undefined): string | null | undefined {
  if (zone === null || zone === undefined) return zone;
  const read = readTimeZone(zone);
  if (read.ok) return read.zone;
  throw doesNotFit([{ field: 'time_zone', message: read.reason }]);
}

/** A number belongs to one lead, so that it is taken cannot be kept secret; whose it is can. */
async function duplicate(
  { leads }: Pick<Ports, 'leads'>,
  request: Pick<FastifyRequest, 'principal'>,
  leadId: string,
): Promise<Refusal> {
  const held = visibleTo(request);
  if (held !== undefined && (await leads.get(leadId, held)) === null) {
    return new Refusal(
      'duplicate_phone_number',
      'Another lead has this phone number already, one that you do not see. Use another number, or ask a supervisor.',
      { errors: [{ field: 'phone_number', message: 'belongs to another lead' }] },
    );
  }
  return new Refusal(
    'duplicate_phone_number',
    `The lead ${leadId} has this phone number already. Change that one, or use another number.`,
    { errors: [{ field: 'phone_number', message: `belongs to the lead ${leadId}` }] },
  );
}
