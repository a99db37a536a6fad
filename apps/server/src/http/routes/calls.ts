import { DISPOSITIONS, parseDisposition } from '@outdial/core';
import { Call, CallResult, DispositionList, SetDisposition } from '@outdial/protocol';
import type { FastifyRequest } from 'fastify';
import { heldTo } from '../../access/principal.js';
import { doesNotFit } from '../check-request.js';
import type { HttpPorts } from '../http-ports.js';
import { type App, ById, operation } from '../operation.js';
import { notFound, ProblemError } from '../problems.js';
import { announceQueues, queuesOfLead } from '../queue-changes.js';
import { record } from '../record.js';
import { toWireCall } from '../translate/call.js';

type Ports = Pick<
  HttpPorts,
  'calls' | 'dialer' | 'crmSync' | 'queueItems' | 'clock' | 'jobs' | 'announcements' | 'audit'
>;

/** A clock that is a little ahead is no reason to refuse. */
const CALLBACK_MAY_BE_PAST_BY = 60_000;

export function callRoutes(app: App, ports: Ports): void {
  const { dialer, clock } = ports;

  app.get(
    '/api/calls/:id',
    {
      schema: operation(
        { id: 'getCall', tag: 'calls', summary: 'One call, live or over', errors: ['not_found'] },
        { params: ById, response: { 200: Call } },
      ),
    },
    async (request) => toWireCall(await findOwnCall(ports, request)),
  );

  app.get(
    '/api/dispositions',
    {
      schema: operation(
        { id: 'listDispositions', tag: 'calls', summary: 'What an agent may say of a call' },
        { response: { 200: DispositionList } },
      ),
    },
    async () => ({
      dispositions: CHOICES.map(({ code, label, effect }) => ({ code, label, effect })),
    }),
  );

  app.post(
    '/api/calls/:id/disposition',
    {
      schema: operation(
        {
          id: 'setDisposition',
          tag: 'calls',
          summary: "The agent's verdict and notes; saving again replaces them",
          description: 'Notes left out stay as they were. "Do Not Call" suppresses the number.',
          errors: ['not_found', 'call_not_answered', 'not_recorded'],
        },
        { params: ById, body: SetDisposition, response: { 200: CallResult } },
      ),
    },
    async (request) => {
      const { params, body } = request;
      const disposition = readDisposition(body.disposition);
      const callbackAt = readCallbackTime(body.callback_at, clock.now());
      const before = await findOwnCall(ports, request);
      const notes = body.notes === undefined ? before.notes : body.notes || null;
      const answer = await dialer.saveDisposition(params.id, { disposition, notes, callbackAt });
      if (answer === 'not_found') throw notFound('call');
      if (answer === 'not_placed') {
        throw new ProblemError(
          'call_not_answered',
          'The call has not been placed yet, so there is nothing to say about it. Wait until it was.',
        );
      }
      if (disposition.effect === 'suppress') {
        announceQueues(ports, await queuesOfLead(ports, before.leadId));
        await record(ports, request, {
          action: 'suppression_added',
          target: { kind: 'phone_number', id: before.phone },
          details: { because: 'disposition', call_id: params.id },
        });
      }
      return {
        message: `Saved as ${disposition.label}.`,
        call: toWireCall(await findCall(ports, params.id)),
      };
    },
  );

  app.post(
    '/api/calls/:id/hangup',
    {
      schema: operation(
        {
          id: 'hangUpCall',
          tag: 'calls',
          summary: 'Ends a live call, where the provider can',
          errors: ['not_found', 'call_not_live', 'provider_cannot'],
        },
        { params: ById, response: { 200: CallResult } },
      ),
    },
    async (request) => {
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
          throw new ProblemError(
            'call_not_live',
            'The call is over already; there is nothing to hang up.',
          );
        case 'provider_cannot':
          throw new ProblemError(
            'provider_cannot',
            'The provider of this call cannot end calls for us. Hang up on the phone itself.',
          );
        default: {
          const never: never = answer;
          return never;
        }
      }
    },
  );

  app.post(
    '/api/calls/:id/crm-sync',
    {
      schema: operation(
        {
          id: 'syncCall',
          tag: 'crm',
          summary: 'Brings one call into the CRM again; it stays one activity there',
          errors: ['not_found', 'call_not_over'],
        },
        { params: ById, response: { 200: CallResult } },
      ),
    },
    async ({ params }) => {
      const call = await findCall(ports, params.id);
      const due = await ports.crmSync.replay(call.id, clock.now());
      if (!due) {
        throw new ProblemError(
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
    },
  );
}

/** The dialer's own words for what happened ("Canceled by Dialer") are no verdict. */
const CHOICES = DISPOSITIONS.filter((disposition) => disposition.byAgent);

function readDisposition(words: string) {
  const disposition = parseDisposition(words);
  if (disposition?.byAgent) return disposition;
  const choices = CHOICES.map(({ label }) => label).join(', ');
  throw doesNotFit([{ field: 'disposition', message: `must be one of ${choices}` }]);
}

function readCallbackTime(given: string | undefined, now: Date): Date | null {
  if (given === undefined) return null;
  const callbackAt = new Date(given);
  if (callbackAt.getTime() > now.getTime() - CALLBACK_MAY_BE_PAST_BY) return callbackAt;
  throw doesNotFit([{ field: 'callback_at', message: 'lies in the past' }]);
}

/** Of somebody who is held to their own calls, another's is not there. */
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
