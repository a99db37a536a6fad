import {
  type Applied,
  aroundCarriers,
  type Call,
  type Decision,
  type DialerPorts,
  type SceneOfCall,
  type Session,
} from '@outdial/core';
import type { Latest } from '../../platform/bounded-map.js';
import { withMethods } from '../../platform/decorate.js';
import { failureOf, Recording, recording } from './recording.js';
import { type Attributes, rootOf, type Span, type SpanSender } from './span.js';

/**
 * The dialer's ports, with what the dialer asks of them told to the recording of the work under way. Reads that only look
 * something up are left out: they would bury the few steps that a person looks for.
 */
export function tracedPorts(
  ports: DialerPorts,
  sender: SpanSender,
  callOfEvent: Latest<string, string>,
): DialerPorts {
  const { store, inbox, crm, crmSync, carriers } = ports;

  return {
    ...ports,
    store: withMethods(store, {
      createSession: async (session) => {
        recording.getStore()?.aboutSession(session.id);
        return step('store create session', 'internal', () => store.createSession(session));
      },
      changeSession: async (sessionId, decide) => {
        recording.getStore()?.aboutSession(sessionId);
        const applied = await step('store change session', 'internal', () =>
          store.changeSession(sessionId, decide),
        );
        learn(applied);
        return applied;
      },
      changeByCall: (callId, decide) => {
        recording.getStore()?.aboutCall(callId);
        return changed(decide, (watched) => store.changeByCall(callId, watched));
      },
      changeByProviderCall: (provider, providerCallId, decide) =>
        changed(decide, (watched) => store.changeByProviderCall(provider, providerCallId, watched)),
      changeOnArrival: (event, which, decide) => {
        // A piece of work of its own: no job does it, and the request that brought it may be anyone's.
        const run = new Recording(ports.clock.now().getTime());
        return recording.run(run, async () => {
          let callId: string | undefined;
          const applied = await step('store change call', 'internal', () =>
            store.changeOnArrival(event, which, (scene) => {
              callId = scene.subject.call.id;
              return decide(scene);
            }),
          );
          if (applied === 'not_now' || callId === undefined) return applied;
          run.aboutCall(callId);
          learn(applied);
          run.end(sender, {
            name: 'provider event on arrival',
            kind: 'consumer',
            attributes: { 'outdial.event.id': event.id },
          });
          return applied;
        });
      },
      fillLines: async (sessionId, now, filling) => {
        const work = recording.getStore();
        work?.aboutSession(sessionId);
        const startedAt = work?.now();
        const applied = await step('store claim', 'internal', () =>
          store.fillLines(sessionId, now, filling),
        );
        learn(applied);
        if (work !== undefined && startedAt !== undefined) {
          for (const call of applied?.calls ?? []) {
            if (call.state !== 'QUEUED' && call.state !== 'DIALING') continue;
            const attributes = attributesOf(call);
            work.claimed(call.id, {
              name: 'claim',
              kind: 'internal',
              startedAt,
              endedAt: work.now(),
              attributes,
            });
          }
        }
        return applied;
      },
      beginPlacing: (callId, now, deadlineAt) =>
        step(
          'store begin placing',
          'internal',
          () => store.beginPlacing(callId, now, deadlineAt),
          ({ kind }) => ({ 'outdial.result': kind }),
        ),
    }),
    inbox: withMethods(inbox, {
      find: async (eventId) => {
        const event = await inbox.find(eventId);
        const work = recording.getStore();
        if (work !== undefined && event !== null) {
          // Recorded here, because when it came in its call was not known yet.
          work.add({
            name: 'provider event in inbox',
            kind: 'consumer',
            startedAt: Math.min(event.receivedAt.getTime(), work.startedAt),
            endedAt: work.startedAt,
            attributes: { 'outdial.event.id': event.id, 'outdial.event.attempts': event.attempts },
          });
        }
        return event;
      },
    }),
    carriers: aroundCarriers(carriers, (telephony) =>
      withMethods(telephony, {
        place: (order) =>
          step(`${telephony.name} place`, 'client', () => telephony.place(order), resultOf),
        hangUp: (call) =>
          step(`${telephony.name} hang up`, 'client', () => telephony.hangUp(call), resultOf),
        lookUp: (call) =>
          step(`${telephony.name} look up`, 'client', () => telephony.lookUp(call), resultOf),
        availability: (agent) =>
          step(
            `${telephony.name} availability`,
            'client',
            () => telephony.availability(agent),
            resultOf,
          ),
      }),
    ),
    crm: withMethods(crm, {
      upsertContact: (lead) =>
        step(`${crm.name} upsert contact`, 'client', () => crm.upsertContact(lead)),
      putActivity: (activity) =>
        step(`${crm.name} put activity`, 'client', () => crm.putActivity(activity)),
    }),
    crmSync: withMethods(crmSync, {
      synced: (callId, result, now) =>
        step('store crm synced', 'internal', () => crmSync.synced(callId, result, now)),
      notLogged: (callId, result, now) =>
        step('store crm not logged', 'internal', () => crmSync.notLogged(callId, result, now)),
      failed: (callId, failure) =>
        step('store crm failed', 'internal', () => crmSync.failed(callId, failure)),
    }),
  };

  /** A change of one call, however it was found. */
  async function changed<T>(
    decide: (scene: SceneOfCall) => Decision<T>,
    change: (decide: (scene: SceneOfCall) => Decision<T>) => Promise<Applied<T> | null>,
  ): Promise<Applied<T> | null> {
    let callId: string | undefined;
    let settled: readonly string[] = [];
    const applied = await step('store change call', 'internal', () =>
      change((scene) => {
        callId = scene.subject.call.id;
        const decision = decide(scene);
        settled = decision.change.processedEventIds ?? [];
        return decision;
      }),
    );
    if (callId !== undefined) {
      recording.getStore()?.aboutCall(callId);
      // Events of one call are worked on together, by the job of one of them: the jobs of the others learn it from here.
      for (const eventId of settled) callOfEvent.set(eventId, callId);
    }
    learn(applied);
    return applied;
  }

  /** What a change came to: which session the work was about, and what is over now. */
  function learn(applied: Applied<unknown> | null): void {
    if (applied === null) return;
    const { before, session, calls } = applied;
    recording.getStore()?.aboutSession(session.id);
    for (const call of calls) tellCompleted(call);
    if (session.status === 'STOPPED' && before.status !== 'STOPPED') tellStopped(session);
  }

  function tellCompleted(call: Call): void {
    // Changed again after it was over: it has been told.
    if (call.state !== 'COMPLETED' || call.crm.revision > 0) return;
    const whole = {
      name: 'call',
      kind: 'internal',
      startedAt: call.queuedAt.getTime(),
      endedAt: Math.max(call.endedAt.getTime(), call.queuedAt.getTime()),
      attributes: {
        ...attributesOf(call),
        'outdial.call.outcome': call.outcome,
        'outdial.call.winner': call.winner,
        'outdial.call.talk_seconds': call.talkSeconds,
      },
    } as const satisfies Span;
    sender.sendWhole(call.id, whole, [rootOf(call.sessionId)]);
  }

  function tellStopped(session: Session): void {
    sender.sendWhole(session.id, {
      name: 'session',
      kind: 'internal',
      startedAt: session.startedAt.getTime(),
      endedAt: Math.max(ports.clock.now().getTime(), session.startedAt.getTime()),
      attributes: {
        'outdial.session.id': session.id,
        'outdial.agent.id': session.agentId,
        'outdial.queue.id': session.queueId,
        'outdial.session.attempted': session.metrics.attempted,
        'outdial.session.connected': session.metrics.connected,
      },
    });
  }
}

const attributesOf = (call: Call): Attributes => ({
  'outdial.call.id': call.id,
  'outdial.session.id': call.sessionId,
  'outdial.agent.id': call.agentId,
  'outdial.queue.id': call.queueId,
  'outdial.provider': call.provider,
  'outdial.call.attempt': call.attempt,
  'outdial.call.round': call.round,
});

const resultOf = ({ kind }: { readonly kind: string }): Attributes => ({ 'outdial.result': kind });

async function step<T>(
  name: string,
  kind: Span['kind'],
  ask: () => Promise<T>,
  describe: (answer: T) => Attributes = () => ({}),
): Promise<T> {
  const work = recording.getStore();
  if (work === undefined) return ask();
  const startedAt = work.now();
  const add = (attributes: Attributes, failure?: string): void =>
    work.add({ name, kind, startedAt, endedAt: work.now(), attributes, failure });
  try {
    const answer = await ask();
    add(describe(answer));
    return answer;
  } catch (error) {
    add({}, failureOf(error));
    throw error;
  }
}
