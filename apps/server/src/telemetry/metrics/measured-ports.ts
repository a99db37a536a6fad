import {
  type Applied,
  aroundCarriers,
  type Call,
  type Clock,
  CrmError,
  type Decision,
  type DialerPorts,
  type PlaceAnswer,
  type SceneOfCall,
} from '@outdial/core';
import { Counter, Histogram, type Registry } from 'prom-client';
import { createLatest } from '../../platform/bounded-map.js';
import { withMethods } from '../../platform/decorate.js';

/** Events and calls that a node remembers between one step and the next, which are milliseconds apart when all is well. */
const REMEMBERED = 10_000;

/** From the fastest database to a provider that does not answer for half a minute. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

const REFUSALS = [
  'later',
  'agent_busy',
  'agent_absent',
  'number',
  'configuration',
] as const satisfies readonly Extract<PlaceAnswer, { kind: 'refused' }>['because'][];

/** The dialer's ports, with a stop-watch on what people ask about: how quickly calls are placed, answered, cancelled. */
export function createMeasuredPorts(registry: Registry): (ports: DialerPorts) => DialerPorts {
  const registers = [registry];
  const histogram = <L extends string>(name: string, help: string, labelNames: L[] = []) =>
    new Histogram({ name, help, labelNames, buckets: BUCKETS, registers });

  const placing = histogram(
    'outdial_claim_to_place_seconds',
    'From claiming a call to asking the provider for it. Includes the wait after a refusal that said "later".',
  );
  const requests = histogram(
    'outdial_provider_request_seconds',
    'Time a provider took to answer, by what was asked and what it said.',
    ['operation', 'result'],
  );
  const refusals = new Counter({
    name: 'outdial_place_refusals_total',
    help: 'Calls that the provider did not take, by why.',
    labelNames: ['because'],
    registers,
  });
  // From nought, so that the first one is an increase already.
  for (const because of REFUSALS) refusals.inc({ because }, 0);
  const cancelling = histogram(
    'outdial_answer_to_cancel_seconds',
    'From the arrival of the event that a person answered to the request that ends another line of the round.',
  );
  const received = new Counter({
    name: 'outdial_provider_events_received_total',
    help: 'Provider events that came in; failed: not stored, so not acknowledged either.',
    labelNames: ['result'],
    registers,
  });
  for (const result of ['stored', 'duplicate', 'failed']) received.inc({ result }, 0);
  const processing = histogram(
    'outdial_event_to_applied_seconds',
    'From the arrival of a provider event until it was applied to its call.',
  );
  const crmRequests = histogram(
    'outdial_crm_request_seconds',
    'Time the CRM took to answer, by what was asked and what came of it.',
    ['operation', 'result'],
  );

  return (ports) => {
    const { store, inbox, carriers, crm, clock } = ports;
    /** When events came in, and when the event came in that made us end a call. */
    const arrivals = createLatest<string, Date>(REMEMBERED);
    const answers = createLatest<string, Date>(REMEMBERED);
    /** When calls were claimed that were begun with that. */
    const begun = createLatest<string, Date>(REMEMBERED);

    const asked = async <A extends { readonly kind: string }>(
      operation: string,
      ask: () => Promise<A>,
    ): Promise<A> => {
      const startedAt = performance.now();
      let result = 'error';
      try {
        const answer = await ask();
        result = answer.kind;
        return answer;
      } finally {
        requests.observe({ operation, result }, secondsSince(startedAt));
      }
    };
    const askedCrm = async <A>(operation: string, ask: () => Promise<A>): Promise<A> => {
      const startedAt = performance.now();
      let result = 'done';
      try {
        return await ask();
      } catch (error) {
        result = error instanceof CrmError && !error.mayTryAgain ? 'refused' : 'failed';
        throw error;
      } finally {
        crmRequests.observe({ operation, result }, secondsSince(startedAt));
      }
    };

    /** A change of one call, however it was found. */
    async function changed<T>(
      decide: (scene: SceneOfCall) => Decision<T>,
      change: (decide: (scene: SceneOfCall) => Decision<T>) => Promise<Applied<T> | null>,
    ): Promise<Applied<T> | null> {
      let settled: readonly string[] = [];
      let before: SceneOfCall | undefined;
      const applied = await change((scene) => {
        const decision = decide(scene);
        settled = decision.change.processedEventIds ?? [];
        before = scene;
        return decision;
      });
      if (applied === null) return applied;
      let latest: Date | undefined;
      for (const eventId of settled) {
        const arrivedAt = arrivals.get(eventId);
        arrivals.delete(eventId);
        if (arrivedAt === undefined) continue;
        processing.observe(secondsBetween(arrivedAt, clock));
        if (latest === undefined || arrivedAt > latest) latest = arrivedAt;
      }
      if (latest !== undefined) {
        for (const call of applied.calls) {
          if (lostTo(call) && !wasLost(before, call.id)) answers.set(call.id, latest);
        }
      }
      return applied;
    }

    return {
      ...ports,
      store: withMethods(store, {
        async fillLines(sessionId, now, filling) {
          const applied = await store.fillLines(sessionId, now, filling);
          for (const call of applied?.calls ?? []) {
            if (call.state === 'DIALING') begun.set(call.id, call.queuedAt);
          }
          return applied;
        },
        async beginPlacing(callId, now, deadlineAt) {
          const begun = await store.beginPlacing(callId, now, deadlineAt);
          if (begun.kind === 'begun') placing.observe(secondsBetween(begun.call.queuedAt, clock));
          return begun;
        },
        changeByCall: (callId, decide) =>
          changed(decide, (watched) => store.changeByCall(callId, watched)),
        changeByProviderCall: (provider, providerCallId, decide) =>
          changed(decide, (watched) =>
            store.changeByProviderCall(provider, providerCallId, watched),
          ),
        async changeOnArrival(event, which, decide) {
          let before: SceneOfCall | undefined;
          const applied = await store.changeOnArrival(event, which, (scene) => {
            before = scene;
            return decide(scene);
          });
          if (applied === 'not_now') return applied;
          received.inc({ result: 'stored' });
          processing.observe(secondsBetween(event.receivedAt, clock));
          for (const call of applied.calls) {
            if (lostTo(call) && !wasLost(before, call.id)) answers.set(call.id, event.receivedAt);
          }
          return applied;
        },
      }),
      inbox: withMethods(inbox, {
        async store(event) {
          try {
            const stored = await inbox.store(event);
            received.inc({ result: stored });
            return stored;
          } catch (error) {
            received.inc({ result: 'failed' });
            throw error;
          }
        },
        async find(eventId) {
          const event = await inbox.find(eventId);
          if (event?.state === 'PENDING') arrivals.set(eventId, event.receivedAt);
          return event;
        },
      }),
      carriers: aroundCarriers(carriers, (telephony) =>
        withMethods(telephony, {
          async place(order) {
            const claimedAt = begun.get(order.callId);
            begun.delete(order.callId);
            if (claimedAt !== undefined) placing.observe(secondsBetween(claimedAt, clock));
            const answer = await asked('place', () => telephony.place(order));
            if (answer.kind === 'refused') refusals.inc({ because: answer.because });
            return answer;
          },
          hangUp(ref) {
            const answeredAt = answers.get(ref.callId);
            answers.delete(ref.callId);
            if (answeredAt !== undefined) cancelling.observe(secondsBetween(answeredAt, clock));
            return asked('hang_up', () => telephony.hangUp(ref));
          },
          lookUp: (ref) => asked('look_up', () => telephony.lookUp(ref)),
          availability: (agent) => asked('availability', () => telephony.availability(agent)),
        }),
      ),
      crm: withMethods(crm, {
        upsertContact: (lead) => askedCrm('upsert_contact', () => crm.upsertContact(lead)),
        putActivity: (activity) => askedCrm('put_activity', () => crm.putActivity(activity)),
      }),
    };
  };
}

const lostTo = (call: Call): boolean =>
  call.state !== 'COMPLETED' &&
  call.state !== 'QUEUED' &&
  call.cancellation?.reason === 'another_line_connected';

const wasLost = (scene: SceneOfCall | undefined, callId: string): boolean =>
  scene?.live.some(({ call }) => call.id === callId && call.cancellation !== null) ?? false;

const secondsSince = (ticks: number): number => (performance.now() - ticks) / 1000;

/** Two nodes agree on the time but for a millisecond or so. */
const secondsBetween = (from: Date, clock: Clock): number =>
  Math.max(0, clock.now().getTime() - from.getTime()) / 1000;
