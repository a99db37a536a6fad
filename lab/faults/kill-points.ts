import {
  type Applied,
  aroundCarriers,
  type Call,
  type Decision,
  type DialerPorts,
  type DialerStore,
  type SceneChange,
  type SceneOfCall,
  type Session,
} from '@outdial/core';
import { replaceMethods } from './replace-methods.js';

/** The steps of a call's way between which a node may die, in the order in which a call meets them. */
export const KILL_POINTS = [
  'session written, not answered',
  'claim committed, not told',
  'taken for placing, provider not asked',
  'place answered, not written',
  'place answer written, not told',
  'event decided on arrival, not answered',
  'webhook stored, not answered',
  'webhook answered, not processed',
  'event interpreted, not applied',
  'event applied, not told',
  'winner decided, losers not canceled',
  'hang-up answered, not written',
  'call completed, CRM not asked',
  'CRM call taken, nothing written',
  'CRM contact written, no activity',
  'CRM activity written, not noted',
  'CRM noted, not told',
  'disposition saved, not answered',
  'next round begun, not told',
  'session stopped, not told',
  'call looked up, not written',
  'starting again, work not looked after',
] as const;
export type KillPoint = (typeof KILL_POINTS)[number];

/** A moment of a run: this point, when it comes by for the `nth` time. */
export interface Moment {
  readonly point: KillPoint;
  readonly nth: number;
}

/** Written to the program's environment, and read there. */
export const writeMoment = ({ point, nth }: Moment): string => `${point} #${nth}`;

export function readMoment(text: string): Moment {
  const [, point, nth] = /^(.+) #(\d+)$/.exec(text) ?? [];
  if (!KILL_POINTS.includes(point as KillPoint)) throw new Error(`There is no point "${point}".`);
  return { point: point as KillPoint, nth: Number(nth) };
}

/** Met by events that are stored first and decided afterwards. */
const INBOX_POINTS: ReadonlySet<KillPoint> = new Set([
  'webhook stored, not answered',
  'webhook answered, not processed',
  'event interpreted, not applied',
]);

/** Time for an answer that was given to leave the process. */
const ANSWER_LEAVES_WITHIN_MS = 100;

/**
 * The dialer's ports, with a trap at one moment. `die` does not return. A trap stands right behind the step that it is named
 * after, so that what the step wrote is committed and what would follow has not begun.
 */
export function withKillPoint(
  ports: DialerPorts,
  moment: Moment,
  die: () => Promise<never>,
): DialerPorts {
  let passed = 0;
  const at = async (point: KillPoint, isHere = true): Promise<void> => {
    if (!isHere || point !== moment.point) return;
    passed += 1;
    if (passed === moment.nth) await die();
  };
  const { store, inbox, carriers, crm, crmSync } = ports;

  const decided = async (
    change: SceneChange,
    before: Session,
    session: Session,
    calls: readonly Call[],
  ) => {
    const completed = calls.filter((call) => call.state === 'COMPLETED');
    await at('event applied, not told', (change.processedEventIds ?? []).length > 0);
    await at(
      'winner decided, losers not canceled',
      session.winnerCallId !== null &&
        session.winnerCallId !== before.winnerCallId &&
        calls.some((call) => call.state !== 'COMPLETED' && call.cancellation !== null),
    );
    await at(
      'call completed, CRM not asked',
      completed.some((call) => call.crm.revision === 0),
    );
    await at(
      'disposition saved, not answered',
      completed.some((call) => call.crm.revision > 0),
    );
    await at('next round begun, not told', session.round > before.round);
    await at(
      'session stopped, not told',
      session.status === 'STOPPED' && before.status !== 'STOPPED',
    );
  };

  /** A change of one call, however it was found. */
  async function changed<T>(
    decide: (scene: SceneOfCall) => Decision<T>,
    change: (decide: (scene: SceneOfCall) => Decision<T>) => Promise<Applied<T> | null>,
  ): Promise<Applied<T> | null> {
    let wanted: SceneChange = {};
    let askedFor: string | null = null;
    const applied = await change((scene) => {
      const { call } = scene.subject;
      askedFor = 'placement' in call && call.placement === 'ASKED' ? call.id : null;
      const decision = decide(scene);
      wanted = decision.change;
      return decision;
    });
    if (applied === null) return applied;
    await decided(wanted, applied.before, applied.session, applied.calls);
    await at(
      'place answer written, not told',
      applied.calls.some(
        (call) => call.id === askedFor && 'placement' in call && call.placement === 'ACCEPTED',
      ),
    );
    return applied;
  }

  const watched: Partial<DialerStore> = {
    async createSession(session) {
      const created = await store.createSession(session);
      await at('session written, not answered', created === 'created');
      return created;
    },
    async fillLines(sessionId, now, filling) {
      const applied = await store.fillLines(sessionId, now, filling);
      const claimed = applied?.calls.some(({ state }) => state === 'QUEUED' || state === 'DIALING');
      await at('claim committed, not told', claimed);
      // Claimed and taken for placing are one commit.
      await at(
        'taken for placing, provider not asked',
        applied?.calls.some(({ state }) => state === 'DIALING'),
      );
      if (applied !== null) await decided({}, applied.before, applied.session, applied.calls);
      return applied;
    },
    async beginPlacing(callId, now, deadlineAt) {
      const begun = await store.beginPlacing(callId, now, deadlineAt);
      await at('taken for placing, provider not asked', begun.kind === 'begun');
      return begun;
    },
    async changeSession(sessionId, decide) {
      let change: SceneChange = {};
      const applied = await store.changeSession(sessionId, (scene) => {
        const decision = decide(scene);
        ({ change } = decision);
        return decision;
      });
      if (applied !== null) await decided(change, applied.before, applied.session, applied.calls);
      return applied;
    },
    changeByCall: (callId, decide) =>
      changed(decide, (watchedDecide) => store.changeByCall(callId, watchedDecide)),
    changeByProviderCall: (provider, providerCallId, decide) =>
      changed(decide, (watchedDecide) =>
        store.changeByProviderCall(provider, providerCallId, watchedDecide),
      ),
    async changeOnArrival(event, which, decide) {
      if (INBOX_POINTS.has(moment.point)) return 'not_now';
      const applied = await store.changeOnArrival(event, which, decide);
      if (applied === 'not_now') return applied;
      await at('event decided on arrival, not answered');
      await decided(
        { processedEventIds: [event.id] },
        applied.before,
        applied.session,
        applied.calls,
      );
      return applied;
    },
    async openWork() {
      const work = await store.openWork();
      await at('starting again, work not looked after');
      return work;
    },
  };

  return {
    ...ports,
    store: replaceMethods(store, watched),
    inbox: replaceMethods(inbox, {
      async store(event) {
        const stored = await inbox.store(event);
        await at('webhook stored, not answered', stored === 'stored');
        return stored;
      },
      async find(eventId) {
        if (moment.point === 'webhook answered, not processed') {
          await new Promise((resolve) => setTimeout(resolve, ANSWER_LEAVES_WITHIN_MS));
          await at('webhook answered, not processed');
        }
        const event = await inbox.find(eventId);
        await at('event interpreted, not applied', event?.state === 'PENDING');
        return event;
      },
    }),
    carriers: aroundCarriers(carriers, (telephony) =>
      replaceMethods(telephony, {
        async place(order) {
          const answer = await telephony.place(order);
          await at('place answered, not written', answer.kind === 'accepted');
          return answer;
        },
        async hangUp(call) {
          const answer = await telephony.hangUp(call);
          await at('hang-up answered, not written', answer.kind === 'done');
          return answer;
        },
        async lookUp(call) {
          const answer = await telephony.lookUp(call);
          await at('call looked up, not written', answer.kind === 'found');
          return answer;
        },
      }),
    ),
    crm: replaceMethods(crm, {
      async upsertContact(lead) {
        const contact = await crm.upsertContact(lead);
        await at('CRM contact written, no activity');
        return contact;
      },
      async putActivity(activity) {
        const written = await crm.putActivity(activity);
        await at('CRM activity written, not noted');
        return written;
      },
    }),
    crmSync: replaceMethods(crmSync, {
      async claim(callId, now, leaseUntil) {
        const job = await crmSync.claim(callId, now, leaseUntil);
        await at('CRM call taken, nothing written', job !== null);
        return job;
      },
      async synced(callId, result, now) {
        await crmSync.synced(callId, result, now);
        await at('CRM noted, not told');
      },
    }),
  };
}
