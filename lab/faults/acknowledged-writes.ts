import { dispositionOf } from '@outdial/core';
import type { AcknowledgedWrite } from './front-door.js';
import type { Rows } from './read-rows.js';

/**
 * What of the acknowledged writes cannot be found in the rows any more, in sentences; none when everything that a client was
 * told had succeeded is there. Throws on a kind of write that it does not know, so that none is taken on trust.
 */
export function missingWrites(writes: readonly AcknowledgedWrite[], rows: Rows): readonly string[] {
  const kept = {
    leads: new Map(rows.leads.map(({ id, phone }) => [id, phone])),
    queues: new Set(rows.queueIds),
    agents: new Set(rows.agentIds),
    sessions: new Set(rows.sessions.map(({ id }) => id)),
    events: new Set(rows.events.map(({ payload }) => said(payload))),
    suppressions: new Set(rows.suppressions.map(({ phone }) => phone)),
    imports: new Map(rows.imports.map((row) => [row.id, row])),
    calls: new Map(rows.calls.map((call) => [call.id, call])),
    itemsOf: new Map<string, Set<string>>(),
  };
  for (const { queueId, leadId } of rows.items) {
    const leads = kept.itemsOf.get(queueId) ?? new Set();
    kept.itemsOf.set(queueId, leads.add(leadId));
  }
  /** The last word on each call: an earlier one was replaced by it. */
  const dispositions = new Map<string, string>();
  const missing: string[] = [];
  const expect = (isThere: boolean, what: string): void => {
    if (!isThere) missing.push(`${what} was acknowledged and is gone.`);
  };

  for (const write of writes) {
    const path = write.path.replace(/\?.*$/, '').replace(/^(\/webhooks\/aircall)\/[^/]+$/, '$1');
    const kind = `${write.method} ${path.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, ':id')}`;
    switch (kind) {
      case 'POST /webhooks/aircall': {
        const event = json<{ event: string; timestamp: number }>(write.request);
        expect(kept.events.has(said(event)), `Webhook ${event.event} of ${event.timestamp}`);
        break;
      }
      case 'POST /api/leads': {
        const { lead } = json<{ lead: { id: string; phone_number: string } }>(write.answer);
        expect(kept.leads.get(lead.id) === lead.phone_number, `Lead ${lead.id}`);
        break;
      }
      case 'POST /api/queues': {
        const { lead_ids: leadIds = [] } = json<{ lead_ids?: string[] }>(write.request);
        const { queue } = json<{ queue: { id: string } }>(write.answer);
        expect(kept.queues.has(queue.id), `Queue ${queue.id}`);
        for (const id of leadIds) {
          expect(kept.itemsOf.get(queue.id)?.has(id) ?? false, `Lead ${id} in queue ${queue.id}`);
        }
        break;
      }
      case 'POST /api/queue': {
        const body = json<{ queue_id: string; lead_ids: string[] }>(write.request);
        for (const id of body.lead_ids) {
          const isThere = kept.itemsOf.get(body.queue_id)?.has(id) ?? false;
          expect(isThere, `Lead ${id} in queue ${body.queue_id}`);
        }
        break;
      }
      case 'POST /api/agents': {
        const { agent } = json<{ agent: { id: string } }>(write.answer);
        expect(kept.agents.has(agent.id), `Agent ${agent.id}`);
        break;
      }
      case 'POST /api/dialer/sessions': {
        const { id } = json<{ id: string }>(write.answer);
        expect(kept.sessions.has(id), `Session ${id}`);
        break;
      }
      case 'POST /api/dialer/sessions/:id/stop': {
        const { id } = json<{ id: string }>(write.answer);
        const isStopped = rows.sessions.some((row) => row.id === id && row.status === 'STOPPED');
        expect(isStopped, `Stop of session ${id}`);
        break;
      }
      case 'POST /api/calls/:id/disposition': {
        const { call } = json<{ call: { id: string; disposition: string } }>(write.answer);
        dispositions.set(call.id, call.disposition);
        break;
      }
      case 'POST /api/imports': {
        const { import: started } = json<{ import: { id: string } }>(write.answer);
        const found = kept.imports.get(started.id);
        const isDone = found?.state === 'DONE' && found.rowsDone === found.rowsTotal;
        expect(isDone, `Import ${started.id}`);
        break;
      }
      case 'POST /api/suppressions': {
        const { phone_numbers: phones } = json<{ phone_numbers: string[] }>(write.request);
        for (const phone of phones) expect(kept.suppressions.has(phone), `Suppression of ${phone}`);
        break;
      }
      // That it holds, the next request shows.
      case 'POST /api/auth/login':
      // These ask for something to be done; what comes of it is judged by the promises.
      case 'POST /api/crm/sync':
      case 'PUT /api/config':
      case 'PUT /api/crm/faults':
        break;
      default:
        throw new Error(`No check knows the acknowledged write "${kind}".`);
    }
  }
  for (const [callId, disposition] of dispositions) {
    const call = kept.calls.get(callId);
    expect(
      call?.state === 'COMPLETED' && dispositionOf(call) === disposition,
      `"${disposition}" of call ${callId}`,
    );
  }
  return missing;
}

const json = <T>(bytes: Buffer): T => JSON.parse(bytes.toString('utf8')) as T;

/** What an event says, however it is written: keys in one order, and without the token, which is not kept. */
function said(payload: unknown): string {
  const { token: _, ...rest } = payload as Record<string, unknown>;
  return JSON.stringify(rest, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
