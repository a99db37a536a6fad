import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type ApiFaultInput, apiFaultSchema } from '../api-faults.js';
import type { Behaviour, DeepPartial, EventFaults } from '../behaviour.js';
import type { MockControl } from '../control.js';
import { fateSchema } from '../fates.js';
import { idOf, queryValues, textOf } from './request-parts.js';

const fates = z.union([z.object({ fates: z.array(fateSchema).min(1) }), fateSchema]);

interface ControlRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly says: string;
  readonly run: (request: FastifyRequest) => unknown;
}

/** The control over HTTP. Mock only: no credential, no rate limit, no faults. `GET /_mock` lists it. */
export function mockControlRoutes(app: FastifyInstance, control: MockControl): void {
  const user = (request: FastifyRequest) => idOf(request, 'User');
  const call = (request: FastifyRequest) => idOf(request, 'Call');
  const parse = <Schema extends z.ZodType>(request: FastifyRequest, schema: Schema) =>
    schema.parse(request.body ?? {});

  const routes: readonly ControlRoute[] = [
    { method: 'GET', path: '', says: 'this list', run: () => routes.map(describe) },
    {
      method: 'POST',
      path: '/reset',
      says: '{webhooks?: "keep"|"remove"} back to the start',
      run: (request) =>
        control.reset(
          parse(request, z.object({ webhooks: z.enum(['keep', 'remove']).optional() })),
        ),
    },

    {
      method: 'GET',
      path: '/users',
      says: 'agents with their availability',
      run: () => control.users(),
    },
    {
      method: 'PUT',
      path: '/users/:id/availability',
      says: '{availability: "available"|"do_not_disturb"|"offline"}',
      run: (request) =>
        control.setAvailability(
          user(request),
          parse(
            request,
            z.object({ availability: z.enum(['available', 'do_not_disturb', 'offline']) }),
          ).availability,
        ),
    },
    {
      method: 'PUT',
      path: '/users/:id/working-hours',
      says: '{open, substatus?} the working-hours flag',
      run: (request) => {
        const body = parse(
          request,
          z.object({ open: z.boolean(), substatus: z.string().optional() }),
        );
        control.setWorkingHours(user(request), body.open, body.substatus);
      },
    },
    {
      method: 'PUT',
      path: '/users/:id/wrap-up-time',
      says: '{seconds}',
      run: (request) =>
        control.setWrapUpTime(
          user(request),
          parse(request, z.object({ seconds: z.number().min(0) })).seconds,
        ),
    },
    {
      method: 'POST',
      path: '/users/:id/end-wrap-up',
      says: 'the agent is done with the paperwork',
      run: (request) => control.endWrapUp(user(request)),
    },
    {
      method: 'POST',
      path: '/users/:id/hang-up',
      says: '{by?: "agent"|"remote"} ends the live calls of this agent',
      run: (request) => ({
        callIds: control.hangUpCallsOf(
          user(request),
          parse(request, z.object({ by: z.enum(['agent', 'remote']).default('agent') })).by,
        ),
      }),
    },
    {
      method: 'POST',
      path: '/users/:id/dial-by-hand',
      says: '{to, numberId?, fate?} a call that the API did not order',
      run: (request) => {
        const body = parse(
          request,
          z.object({
            to: z.string(),
            numberId: z.number().int().optional(),
            fate: fateSchema.optional(),
          }),
        );
        return control.agentDials(user(request), body.to, {
          numberId: body.numberId,
          fate: body.fate,
        });
      },
    },
    {
      method: 'POST',
      path: '/users/:id/inbound-call',
      says: '{from, ringSeconds?, talkSeconds?|null} an inbound call; null: missed',
      run: (request) => {
        const body = parse(
          request,
          z.object({
            from: z.string(),
            ringSeconds: z.number().min(0).default(5),
            talkSeconds: z.number().min(0).nullable().default(30),
          }),
        );
        return control.inboundCall(user(request), body.from, body);
      },
    },

    { method: 'GET', path: '/fates', says: 'scripted phone numbers', run: () => control.fates() },
    {
      method: 'PUT',
      path: '/fates/:phone',
      says: 'a fate, or {fates: [...]} for the next calls, one each: {kind: "answer", afterSeconds?, talkSeconds?|null, endedBy?: "agent"|"remote"}, {kind: "mailbox", ...}, {kind: "no_answer", ringSeconds?|null}, {kind: "busy", afterSeconds?}, {kind: "no_call"}',
      run: (request) => {
        const body = parse(request, fates);
        control.scriptFate(textOf(request, 'phone'), ...('fates' in body ? body.fates : [body]));
      },
    },
    {
      method: 'DELETE',
      path: '/fates/:phone',
      says: 'drawn by chance again',
      run: (request) => control.forgetFate(textOf(request, 'phone')),
    },

    {
      method: 'GET',
      path: '/calls',
      says: 'every call with what the API does not tell, and the count per phone number',
      run: () => ({ calls: control.calls(), byNumber: control.callCounts() }),
    },
    {
      method: 'GET',
      path: '/orders',
      says: 'every request to start a call, refused ones too',
      run: () => control.orders(),
    },
    {
      method: 'POST',
      path: '/calls/:id/answer',
      says: 'the called person picks up now',
      run: (request) => control.remoteAnswers(call(request)),
    },
    {
      method: 'POST',
      path: '/calls/:id/agent-hangs-up',
      says: 'the agent ends the call',
      run: (request) => control.agentHangsUp(call(request)),
    },
    {
      method: 'POST',
      path: '/calls/:id/remote-hangs-up',
      says: 'the other party ends the call',
      run: (request) => control.remoteHangsUp(call(request)),
    },
    {
      method: 'POST',
      path: '/calls/:id/hold',
      says: '{onHold}',
      run: (request) =>
        control.setHold(call(request), parse(request, z.object({ onHold: z.boolean() })).onHold),
    },
    {
      method: 'POST',
      path: '/calls/:id/tag',
      says: '{tags: [id]} the agent tags the call',
      run: (request) =>
        control.agentTags(
          call(request),
          parse(request, z.object({ tags: z.array(z.number().int()) })).tags,
        ),
    },
    {
      method: 'POST',
      path: '/calls/:id/note',
      says: '{content} saved after the call ended',
      run: (request) =>
        control.agentWritesNote(
          call(request),
          parse(request, z.object({ content: z.string() })).content,
        ),
    },

    {
      method: 'GET',
      path: '/behaviour',
      says: 'how open questions are settled',
      run: () => control.behaviour(),
    },
    {
      method: 'PATCH',
      path: '/behaviour',
      says: 'any part of it',
      run: (request) => control.setBehaviour((request.body ?? {}) as DeepPartial<Behaviour>),
    },
    {
      method: 'GET',
      path: '/event-faults',
      says: 'what goes wrong with webhooks',
      run: () => control.eventFaults(),
    },
    {
      method: 'PATCH',
      path: '/event-faults',
      says: 'any part of it',
      run: (request) => control.setEventFaults((request.body ?? {}) as Partial<EventFaults>),
    },
    {
      method: 'GET',
      path: '/api-faults',
      says: 'how the API misbehaves',
      run: () => control.apiFaults(),
    },
    {
      method: 'POST',
      path: '/api-faults',
      says: '{method?, path (* allowed), mode: "status"|"garbage"|"never"|"cut"|"late", status?, executed?, delaySeconds?, count?, percent?}',
      run: (request) => control.addApiFault(apiFaultSchema.parse(request.body) as ApiFaultInput),
    },
    {
      method: 'DELETE',
      path: '/api-faults',
      says: 'the API behaves again',
      run: () => control.clearApiFaults(),
    },
    {
      method: 'DELETE',
      path: '/api-faults/:id',
      says: 'one fault less',
      run: (request) => control.removeApiFault(idOf(request, 'Fault')),
    },

    {
      method: 'GET',
      path: '/webhooks',
      says: 'with their failures',
      run: () => control.webhooks(),
    },
    {
      method: 'POST',
      path: '/webhooks/:id/off',
      says: 'disabled until PUT active:true',
      run: (request) => control.switchWebhookOff(textOf(request, 'id')),
    },
    {
      method: 'GET',
      path: '/deliveries',
      says: '?webhookId=&event= every delivery with its tries',
      run: (request) =>
        control.deliveries({
          webhookId: queryValues(request, 'webhookId')[0],
          event: queryValues(request, 'event')[0],
        }),
    },
    {
      method: 'GET',
      path: '/events',
      says: 'every event that was built',
      run: () => control.events(),
    },
    {
      method: 'GET',
      path: '/requests',
      says: 'every API request with its answer',
      run: () => control.requests(),
    },
  ];

  for (const route of routes) {
    app.route({
      method: route.method,
      url: `/_mock${route.path}`,
      handler: (request, reply) => reply.send(route.run(request) ?? { ok: true }),
    });
  }
}

function describe(route: ControlRoute): string {
  return `${route.method} /_mock${route.path} - ${route.says}`;
}
