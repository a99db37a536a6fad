import { isKnownZone } from '@outdial/core';
import {
  CreateLead,
  Lead,
  LeadCrmActivities,
  LeadFilterOptions,
  LeadList,
  LeadListQuery,
  LeadResult,
  Message,
  PatchLead,
} from '@outdial/protocol';
import type { FastifyRequest } from 'fastify';
import { heldTo } from '../../access/principal.js';
import { doesNotFit } from '../check-request.js';
import type { HttpPorts } from '../http-ports.js';
import { type App, ById, operation } from '../operation.js';
import { notFound, ProblemError } from '../problems.js';
import { announceQueues, queuesFilled, queuesOfLead } from '../queue-changes.js';
import { readPhone } from '../read-phone.js';
import { record } from '../record.js';
import { toWireCrmActivity } from '../translate/crm.js';
import { fromWireSort, toWireLead } from '../translate/lead.js';
import { fromWirePage, pageFields } from '../translate/page.js';

type Ports = Pick<
  HttpPorts,
  | 'leads'
  | 'queues'
  | 'queueItems'
  | 'sessions'
  | 'settings'
  | 'enrichment'
  | 'mockCrm'
  | 'clock'
  | 'ids'
  | 'jobs'
  | 'announcements'
  | 'audit'
>;

/** What the CRM calls contacts are our leads: the same routes, under both words. */
export function leadRoutes(app: App, ports: Ports, as: 'lead' | 'contact'): void {
  const { leads, clock, ids } = ports;
  const base = `/api/${as}s`;
  const Word = as === 'lead' ? 'Lead' : 'Contact';
  const tag = as === 'lead' ? 'leads' : 'contacts';

  app.get(
    base,
    {
      schema: operation(
        {
          id: `list${Word}s`,
          tag,
          summary: 'Filters, searches and sorts',
          errors: ['invalid_cursor'],
        },
        { querystring: LeadListQuery, response: { 200: LeadList } },
      ),
    },
    async (request) => {
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
      return { leads: page.rows.map(toWireLead), ...pageFields(page) };
    },
  );

  app.post(
    base,
    {
      schema: operation(
        {
          id: `create${Word}`,
          tag,
          summary: 'Adds a person to call',
          errors: ['invalid_phone_number', 'duplicate_phone_number', 'not_found'],
        },
        { body: CreateLead, response: { 201: LeadResult } },
      ),
    },
    async (request, reply) => {
      const { body } = request;
      checkZone(body.time_zone);
      const phone = await readPhone(ports, body.phone_number);
      if (body.queue_id !== undefined) await findQueue(ports, request, body.queue_id);
      const now = clock.now();
      const answer = await leads.create(
        { id: ids.next(), phone, ...fieldsOf(body), name: body.name },
        now,
      );
      if (answer.kind === 'duplicate') throw await duplicate(ports, request, answer.leadId);
      if (body.queue_id !== undefined) {
        await ports.queueItems.addLeads(body.queue_id, [answer.lead.id], { now, ids });
        await queuesFilled(ports, [body.queue_id]);
      }
      reply.status(201);
      return { message: `${answer.lead.name} was added.`, lead: toWireLead(answer.lead) };
    },
  );

  app.get(
    `${base}/filters/options`,
    {
      schema: operation(
        { id: `list${Word}FilterOptions`, tag, summary: 'What there is to filter by' },
        { response: { 200: LeadFilterOptions } },
      ),
    },
    async (request) => {
      const { industries, headcounts } = await leads.filterOptions(visibleTo(request));
      return { industries: [...industries], headcounts: [...headcounts] };
    },
  );

  app.get(
    `${base}/:id`,
    {
      schema: operation(
        { id: `get${Word}`, tag, summary: 'One person', errors: ['not_found'] },
        { params: ById, response: { 200: Lead } },
      ),
    },
    async (request) => toWireLead(await findLead(ports, request)),
  );

  app.patch(
    `${base}/:id`,
    {
      schema: operation(
        {
          id: `update${Word}`,
          tag,
          summary: 'Changes what is given; null empties a field',
          errors: ['not_found', 'invalid_phone_number', 'duplicate_phone_number'],
        },
        { params: ById, body: PatchLead, response: { 200: LeadResult } },
      ),
    },
    async (request) => {
      const { params, body } = request;
      await findLead(ports, request);
      checkZone(body.time_zone);
      const phone =
        body.phone_number === undefined ? undefined : await readPhone(ports, body.phone_number);
      const answer = await leads.patch(params.id, { phone, ...fieldsOf(body) }, clock.now());
      if (answer.kind === 'not_found') throw notFound('lead');
      if (answer.kind === 'duplicate') throw await duplicate(ports, request, answer.leadId);
      if (phone !== undefined || body.score !== undefined) {
        await queuesFilled(ports, await queuesOfLead(ports, params.id));
      }
      return { message: `${answer.lead.name} was saved.`, lead: toWireLead(answer.lead) };
    },
  );

  app.delete(
    `${base}/:id`,
    {
      schema: operation(
        {
          id: `delete${Word}`,
          tag,
          summary: 'Removes a person from leads and queues; their calls stay as history',
          errors: ['not_found', 'lead_on_call'],
        },
        { params: ById, response: { 200: Message } },
      ),
    },
    async (request) => {
      const { params } = request;
      const lead = await findLead(ports, request);
      const queueIds = await queuesOfLead(ports, params.id);
      const answer = await leads.delete(params.id);
      if (answer === 'not_found') throw notFound('lead');
      if (answer === 'on_call') {
        throw new ProblemError(
          'lead_on_call',
          'A session is calling this lead right now. Wait until the call is over, then delete.',
        );
      }
      announceQueues(ports, queueIds);
      await record(ports, request, {
        action: 'lead_deleted',
        target: { kind: 'lead', id: lead.id },
        details: { name: lead.name, queues: queueIds.length },
      });
      return { message: 'The lead was deleted; its calls stay in the history.' };
    },
  );

  app.post(
    `${base}/:id/enrich`,
    {
      schema: operation(
        {
          id: `enrich${Word}`,
          tag,
          summary: 'Asks the enrichment provider what it knows about this person',
          errors: ['not_found', 'enrichment_unavailable'],
        },
        { params: ById, response: { 200: LeadResult } },
      ),
    },
    async (request) => {
      const lead = await findLead(ports, request);
      const provider = ports.enrichment.name;
      const answer = await ports.enrichment.enrich(lead).catch((cause: unknown) => {
        throw new ProblemError(
          'enrichment_unavailable',
          `The enrichment provider (${provider}) did not answer. Try again later.`,
          { cause },
        );
      });
      if (answer.kind === 'not_found') {
        return {
          message: `${provider} knows nothing more about this person.`,
          lead: toWireLead(lead),
        };
      }
      const now = clock.now();
      const enrichment = { provider, enrichedAt: now, data: answer.data };
      const enriched = await leads.setEnrichment(lead.id, enrichment, now);
      if (enriched === null) throw notFound('lead');
      return {
        message: `${enriched.name} was enriched by ${provider}.`,
        lead: toWireLead(enriched),
      };
    },
  );

  app.get(
    `${base}/:id/crm-activities`,
    {
      schema: operation(
        {
          id: `list${Word}CrmActivities`,
          tag,
          summary: 'What the CRM holds about this person',
          errors: ['not_found'],
        },
        { params: ById, response: { 200: LeadCrmActivities } },
      ),
    },
    async (request) => {
      const lead = await findLead(ports, request);
      const activities = (await ports.mockCrm?.activitiesOfLead(lead.id)) ?? [];
      return {
        lead_id: lead.id,
        lead_name: lead.name,
        crm_external_id: lead.crmExternalId,
        activities: activities.map(toWireCrmActivity),
        total: activities.length,
      };
    },
  );
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
  timeZone: body.time_zone,
  score: body.score,
});

function checkZone(zone: string | null | undefined): void {
  if (zone === null || zone === undefined || isKnownZone(zone)) return;
  throw doesNotFit([
    { field: 'time_zone', message: 'is not a time zone such as America/New_York' },
  ]);
}

/** A number belongs to one lead, so that it is taken cannot be kept secret; whose it is can. */
async function duplicate(
  { leads }: Pick<Ports, 'leads'>,
  request: Pick<FastifyRequest, 'principal'>,
  leadId: string,
): Promise<ProblemError> {
  const held = visibleTo(request);
  if (held !== undefined && (await leads.get(leadId, held)) === null) {
    return new ProblemError(
      'duplicate_phone_number',
      'Another lead has this phone number already, one that you do not see. Use another number, or ask a supervisor.',
      { errors: [{ field: 'phone_number', message: 'belongs to another lead' }] },
    );
  }
  return new ProblemError(
    'duplicate_phone_number',
    `The lead ${leadId} has this phone number already. Change that one, or use another number.`,
    { errors: [{ field: 'phone_number', message: `belongs to the lead ${leadId}` }] },
  );
}
