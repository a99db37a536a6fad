import { callbackTime, noteToSave } from '@outdial/core';
import { operations } from '@outdial/protocol';
import type { FastifyRequest } from 'fastify';
import { authorOf } from '../../access/audit-trail.js';
import { heldTo } from '../../access/principal.js';
import { type Handled, handle } from '../../operations/handle.js';
import { doesNotFit } from '../../platform/does-not-fit.js';
import { notFound, Refusal } from '../../platform/refusal.js';
import { resolveDisposition } from '../dispositions/resolve-disposition.js';
import type { HttpPorts } from '../http-ports.js';
import { toWireCall } from './to-wire.js';

type Ports = Pick<
  HttpPorts,
  | 'calls'
  | 'noteDrafts'
  | 'dispositions'
  | 'dialer'
  | 'crmSync'
  | 'queueItems'
  | 'clock'
  | 'jobs'
  | 'announcements'
  | 'leads'
  | 'queues'
  | 'settings'
  | 'connections'
  | 'prefixZones'
>;

export function callHandlers(ports: Ports): readonly Handled[] {
  const { dialer, clock } = ports;
  return [
    handle(operations.calls.get, async (request) => toWireCall(await findOwnCall(ports, request))),

    handle(operations.calls.setDisposition, async (request) => {
      const { params, body } = request;
      const before = await findOwnCall(ports, request);
      const disposition = await resolveDisposition(ports.dispositions, before, body.disposition);
      const saved = `Saved as ${disposition.label}.`;
      // Its answer was lost on the way, so it is sent again; meanwhile another device may have saved something else.
      if (body.request_id !== undefined && before.dispositionRequestIds.includes(body.request_id)) {
        return { message: saved, call: toWireCall(before) };
      }
      const callbackAt = await readCallbackTime(ports, before, body.callback_at);
      if (callbackAt !== null || disposition.effect === 'callback') {
        await checkQueueForCallback(ports, before.queueId);
      }
      const notes = noteToSave(
        { text: body.notes, seenRevision: body.note_revision },
        before.agentNote,
      );
      const answer = await dialer.saveDisposition(
        params.id,
        { disposition, notes, callbackAt },
        authorOf(request),
      );
      if (answer.kind === 'not_found') throw notFound('call');
      if (answer.kind === 'not_placed') {
        throw new Refusal(
          'call_not_answered',
          'The call has not been placed yet, so there is nothing to say about it. Wait until it was.',
        );
      }
      if (answer.kind === 'no_place_for_callback') throw noQueueForCallback();
      await ports.noteDrafts.settle(
        params.id,
        { revision: before.agentNote.revision, requestId: body.request_id ?? null },
        clock.now(),
      );
      return {
        message: saved,
        call: toWireCall(await findCall(ports, params.id)),
      };
    }),

    handle(operations.calls.saveNote, async (request) => {
      const { params, body } = request;
      const { sessionId, agentId } = await findOwnCall(ports, request);
      const answer = await ports.noteDrafts.put(params.id, body, clock.now());
      if (answer.kind === 'not_found') throw notFound('call');
      if (answer.kind === 'conflict') {
        throw new Refusal(
          'version_conflict',
          'Another device changed this note. Read the call again, put the two texts together, then save.',
        );
      }
      if (answer.crmDueAt !== null) {
        ports.jobs.wake({ job: 'sync-call', id: params.id, at: answer.crmDueAt });
      }
      ports.announcements.announce({ kind: 'call', callId: params.id, sessionId, agentId });
      return { message: 'The note is saved.', call: toWireCall(await findCall(ports, params.id)) };
    }),

    handle(operations.calls.hangUp, async (request) => {
      const { params } = request;
      await findOwnCall(ports, request);
      const answer = await dialer.hangUp(params.id);
      switch (answer) {
        case 'requested': {
          const message = 'The provider was asked to end the call.';
          return { message, call: toWireCall(await findCall(ports, params.id)) };
        }
        case 'not_found':
          throw notFound('call');
        case 'call_not_live':
          throw new Refusal(
            'call_not_live',
            'The call is over already; there is nothing to hang up.',
          );
        case 'provider_cannot':
          throw new Refusal(
            'provider_cannot',
            'The provider of this call cannot end calls for us. Hang up on the phone itself.',
          );
        default: {
          const never: never = answer;
          return never;
        }
      }
    }),

    handle(operations.calls.syncCrm, async ({ params }) => {
      const call = await findCall(ports, params.id);
      const due = await ports.crmSync.replay(call.id, clock.now());
      if (!due) {
        throw new Refusal(
          'call_not_over',
          'The call is still going on; it reaches the CRM by itself when it ends.',
        );
      }
      ports.jobs.wake({ job: 'sync-call', id: call.id });
      const { id: callId, sessionId, agentId } = call;
      ports.announcements.announce({ kind: 'call', callId, sessionId, agentId });
      return {
        message: 'The call is on its way to the CRM.',
        call: toWireCall(await findCall(ports, callId)),
      };
    }),
  ];
}

/** By the settings of the queue that will call back, and where the lead is now. */
async function readCallbackTime(
  ports: Pick<Ports, 'leads' | 'queues' | 'settings' | 'connections' | 'prefixZones' | 'clock'>,
  call: {
    readonly leadId: string;
    readonly queueId: string;
    readonly phone: string;
    readonly provider: string;
  },
  given: string | undefined,
): Promise<Date | null> {
  if (given === undefined) return null;
  const at = new Date(given);
  const [lead, queue] = await Promise.all([
    ports.leads.get(call.leadId),
    ports.queues.get(call.queueId),
  ]);
  const dialing = await ports.settings.dialingFor({ settings: queue?.settings ?? {} });
  const answer = callbackTime(at, {
    phone: lead?.phone ?? call.phone,
    leadTimeZone: lead?.timeZone ?? null,
    window: dialing.callingWindow,
    enforce:
      ports.connections.of(call.provider).capabilities.reachesRealPhones ||
      dialing.enforceWindow === true,
    prefixZones: ports.prefixZones,
    now: ports.clock.now(),
  });
  if (answer.kind === 'good') return at;
  const suggestion = answer.nextGood?.toISOString();
  throw doesNotFit([{ field: 'callback_at', message: answer.message, suggestion }]);
}

/** A promise in a queue that is deleted would be forgotten without a word. */
async function checkQueueForCallback(
  { queues }: Pick<Ports, 'queues'>,
  queueId: string,
): Promise<void> {
  const queue = await queues.get(queueId);
  // A queue made for a session from a selection cannot be deleted by a person.
  if (queue === null || queue.archivedAt !== null) throw noQueueForCallback();
}

const noQueueForCallback = (): Refusal =>
  new Refusal(
    'no_queue_for_callback',
    'The lead is not in this queue any more, or the queue was deleted, so there would be no call back. Put the lead into a queue with the time, then save this without a call-back.',
  );

/** For a user who may see only their own calls, another's is not there. */
async function findOwnCall(
  ports: Pick<Ports, 'calls'>,
  request: Pick<FastifyRequest, 'principal'> & { readonly params: { readonly id: string } },
) {
  const held = heldTo(request, 'calls.any');
  const call = await findCall(ports, request.params.id);
  if (held !== null && call.agentId !== held) throw notFound('call');
  return call;
}

async function findCall({ calls }: Pick<Ports, 'calls'>, callId: string) {
  const call = await calls.get(callId);
  if (call === null) throw notFound('call');
  return call;
}
