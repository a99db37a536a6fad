import { addMs } from '../call/deadlines.js';
import { cancelUnwanted, pause } from '../session/control.js';
import { SceneDraft } from '../session/scene.js';
import type { DialerPorts } from './dialer-ports.js';
import { publishEffects } from './publish-effects.js';

type Ports = Pick<
  DialerPorts,
  | 'store'
  | 'reconciliation'
  | 'presence'
  | 'carriers'
  | 'clock'
  | 'jobs'
  | 'announcements'
  | 'journal'
>;

/** Of each kind in one go, or a page; what is left comes with the next. Such rows are rare, and each of them is a line in the log. */
const ROWS_AT_MOST = 200;

/** As after a FAILED call (`DEFAULT_DIALING_SETTINGS.retryRules`): the outcome of that call is unknown. */
const RETRY_AFTER_UNKNOWN_OUTCOME_MS = 10 * 60_000;

/**
 * Repairs rows that have no due time, so that no sweep finds them: sessions whose agent is absent,
 * and rows that no crash leaves behind, but a copy of the database restored in part, a change by hand or a defect of ours
 * may. Each kind is repaired independently of the others; an error of one does not stop the others,
 * and is thrown in the end.
 */
export async function reconcile(ports: Ports): Promise<void> {
  const done = await Promise.allSettled([
    pauseForAbsentAgents(ports),
    endUnwantedCalls(ports),
    wakeStuckSessions(ports),
    releaseItems(ports),
    repairDueTimes(ports),
  ]);
  const failures = done.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  if (failures.length > 0) throw new AggregateError(failures, 'Some rows could not be repaired.');
}

/**
 * No phone may ring for an empty chair (P17): who answers would be an abandoned call, which is a matter of law (FTC, 16 CFR
 * 310.4(b)(1)(iv); Ofcom's policy on persistent misuse). Live calls go on, and one key resumes. Only where a screen is all
 * that tells: who talks in the provider's app needs no page of ours.
 */
async function pauseForAbsentAgents(ports: Ports): Promise<void> {
  const { store, presence, carriers, clock, journal } = ports;
  const now = clock.now();
  const onScreen = carriers
    .open()
    .filter(({ capabilities }) => capabilities.presenceBy === 'screen')
    .map(({ name }) => name);
  for (const { sessionId, agentId, since } of await presence.absent(onScreen, now, ROWS_AT_MOST)) {
    const applied = await store.changeSession(sessionId, (scene) => {
      const paused = pause(scene, 'agent_absent', now);
      return {
        change: paused.kind === 'changed' ? paused.change : {},
        answer: paused.kind === 'changed',
      };
    });
    if (!applied?.answer) continue;
    journal.note({
      level: 'warn',
      event: 'session repaired',
      sessionId,
      agentId,
      details: { seen_seconds_ago: Math.round((now.getTime() - since.getTime()) / 1000) },
      repaired: { kind: 'session_agent_absent', count: 1 },
    });
    publishEffects(ports, applied);
  }
}

/** Page after page, each after the last id of the one before. */
async function* allOf(
  page: (after: string | undefined) => Promise<readonly string[]>,
): AsyncGenerator<string> {
  let after: string | undefined;
  do {
    const ids: readonly string[] = await page(after);
    yield* ids;
    after = ids.length < ROWS_AT_MOST ? undefined : ids.at(-1);
  } while (after !== undefined);
}

async function endUnwantedCalls(ports: Ports): Promise<void> {
  const { store, reconciliation, carriers, clock, journal } = ports;
  for await (const sessionId of allOf((after) =>
    reconciliation.findSessionsWithUnwantedCalls(ROWS_AT_MOST, after),
  )) {
    const now = clock.now();
    const applied = await store.changeSession(sessionId, (scene) => {
      const { capabilities } = carriers.of(scene.session.provider);
      const change = cancelUnwanted(scene, capabilities, now);
      return { change: change ?? {}, answer: change !== null };
    });
    if (!applied?.answer) continue;
    for (const { id, state } of applied.calls) {
      journal.note({
        level: 'warn',
        event: 'call repaired',
        sessionId,
        callId: id,
        details: { state, session_status: applied.session.status },
        repaired: { kind: 'call_unwanted', count: 1 },
      });
    }
    publishEffects(ports, applied);
  }
}

async function wakeStuckSessions(ports: Ports): Promise<void> {
  const { store, reconciliation, clock, journal } = ports;
  for (const sessionId of await reconciliation.findStuckSessions(ROWS_AT_MOST)) {
    const now = clock.now();
    const applied = await store.changeSession(sessionId, (scene) => {
      const draft = new SceneDraft(scene, now);
      const { status, wakeAt } = scene.session;
      const isStuck = status === 'RUNNING' && wakeAt === null && scene.live.length === 0;
      if (isStuck) draft.update({ wakeAt: now });
      return { change: draft.change(), answer: isStuck };
    });
    if (!applied?.answer) continue;
    journal.note({
      level: 'warn',
      event: 'session repaired',
      sessionId,
      agentId: applied.session.agentId,
      repaired: { kind: 'session_stuck', count: 1 },
    });
    publishEffects(ports, applied);
  }
}

async function releaseItems({
  reconciliation,
  clock,
  journal,
  announcements,
}: Ports): Promise<void> {
  const now = clock.now();
  const afterCall = addMs(now, RETRY_AFTER_UNKNOWN_OUTCOME_MS);
  const givenBack = await reconciliation.releaseItems(now, afterCall, ROWS_AT_MOST);
  for (const { itemId, queueId } of givenBack) {
    journal.note({
      level: 'warn',
      event: 'queue item repaired',
      details: { item_id: itemId, queue_id: queueId },
      repaired: { kind: 'item_claimed_without_call', count: 1 },
    });
  }
  for (const queueId of new Set(givenBack.map((item) => item.queueId))) {
    announcements.announce({ kind: 'queue', queueId });
  }
}

async function repairDueTimes({ reconciliation, clock, journal, jobs }: Ports): Promise<void> {
  const { eventIds, callIds } = await reconciliation.makeDue(clock.now(), ROWS_AT_MOST);
  for (const id of eventIds) {
    journal.note({
      level: 'warn',
      event: 'due time repaired',
      eventId: id,
      repaired: { kind: 'event_never_due', count: 1 },
    });
    jobs.wake({ job: 'process-event', id });
  }
  for (const id of callIds) {
    journal.note({
      level: 'warn',
      event: 'due time repaired',
      callId: id,
      repaired: { kind: 'crm_never_due', count: 1 },
    });
    jobs.wake({ job: 'sync-call', id });
  }
}
