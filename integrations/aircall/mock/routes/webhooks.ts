import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { badRequest } from '../api-problem.js';
import { allEventNames } from '../event-names.js';
import type { Pace } from '../pace.js';
import { listPage } from '../pagination.js';
import type { Settings } from '../settings.js';
import {
  disable,
  eventsOrAll,
  maxWebhooks,
  revive,
  type Webhook,
  type Webhooks,
  webhookPayload,
} from '../webhooks.js';
import { bodyOf, found, listRequest, queryValues, textOf } from './request-parts.js';

const url = z.url({ protocol: /^https?$/ });
const events = z.array(z.string());
const newWebhook = z.object({ url, custom_name: z.string().optional(), events: events.optional() });
const changedWebhook = z.object({
  url: url.optional(),
  custom_name: z.string().optional(),
  events: events.optional(),
  active: z.boolean().optional(),
});

/** Reference 6. */
export function webhookRoutes(
  app: FastifyInstance,
  state: { pace: Pace; webhooks: Webhooks; settings: Settings },
): void {
  const { pace, webhooks, settings } = state;
  const webhookOf = (request: FastifyRequest) =>
    found(webhooks.find(textOf(request, 'webhook_id')), 'Webhook');
  const mustBeKnown = (names: readonly string[] | undefined) => {
    const unknown = names?.find((name) => !allEventNames.includes(name));
    if (unknown !== undefined) throw badRequest(`Unknown event: ${unknown}`);
  };

  app.post('/v1/webhooks', (request, reply) => {
    const body = bodyOf(request, newWebhook);
    mustBeKnown(body.events);
    if (webhooks.all().length >= maxWebhooks)
      throw badRequest('A company has at most 100 webhooks');
    const webhook = webhooks.add(
      { url: body.url, customName: body.custom_name, events: body.events },
      pace.now(),
    );
    return reply.code(201).send({ webhook: webhookPayload(webhook) });
  });
  app.get('/v1/webhooks', (request) =>
    listPage(listRequest(request), webhooks.all(), {
      key: 'webhooks',
      createdAtMs: (webhook) => webhook.createdAtMs,
      payload: webhookPayload,
      behaviour: settings.behaviour,
    }),
  );
  app.get('/v1/webhooks/:webhook_id', (request) => ({
    webhook: webhookPayload(webhookOf(request)),
  }));

  app.put('/v1/webhooks/:webhook_id', (request) => {
    const webhook = webhookOf(request);
    const body = bodyOf(request, changedWebhook);
    mustBeKnown(body.events);
    webhook.events = changedEvents(webhook, body.events, queryValues(request, 'events_action')[0]);
    webhook.url = body.url ?? webhook.url;
    webhook.customName = body.custom_name ?? webhook.customName;
    if (body.active === true) revive(webhook);
    if (body.active === false) disable(webhook, 'hand', pace.now());
    return { webhook: webhookPayload(webhook) };
  });
  app.delete('/v1/webhooks/:webhook_id', (request, reply) => {
    webhooks.remove(webhookOf(request).id);
    return reply.code(204).send();
  });
}

/** Without `events_action` the list is replaced, so leaving `events` out resets it to every event (reference 6). */
function changedEvents(
  webhook: Webhook,
  events: readonly string[] | undefined,
  action: string | undefined,
): readonly string[] {
  switch (action) {
    case undefined:
      return eventsOrAll(events);
    case 'add':
      return [...new Set([...webhook.events, ...(events ?? [])])];
    case 'remove':
      return webhook.events.filter((name) => !events?.includes(name));
    default:
      throw badRequest('events_action must be add or remove');
  }
}
