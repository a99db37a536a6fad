import { after } from '../call/deadlines.js';
import { cancelUnwanted, pause } from '../session/control.js';
import { SceneDraft } from '../session/scene.js';
import type { DialerPorts } from './dialer-ports.js';
import { tell } from './tell.js';

type Ports = Pick<
  DialerPorts,
  | 'store'
  | 'reconciliation'
  | 'presence'
  | 'telephony'
  | 'clock'
  | 'jobs'
  | 'announcements'
  | 'journal'
>;

/** Of each kind in one go, or a page; what is left comes with the next. Such rows are rare, and each of them is a line in the log. */
const AT_MOST = 200;

/** As after a call that failed (`DEFAULT_DIALING_SETTINGS.retryRules`): what came of that call nobody knows any more. */
const AFTER_A_CALL_OF_WHICH_NOTHING_IS_KNOWN = 10 * 60_000;

/**
 * Mends what has no time at which somebody would look at it, and so is never found by a sweep: sessions whose agent is gone,
 * and rows that no crash leaves behind, but a copy of the database restored in part, a change by hand or a defect of ours
 * may. Each kind is looked for and mended apart from the others; what one throws does not keep the others from being mended,
 * and is thrown in the end.
 */
export async function reconcile(ports: Ports): Promise<void> {
  const done = await Promise.allSettled([
    pauseForAbsentAgents(ports),
    endUnwantedCalls(ports),
    wakeStuckSessions(ports),
    giveBackItems(ports),
    giveDueTimes(ports),
  ]);
  const failures = done.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  if (failures.length > 0) throw new AggregateError(failures, 'Some rows could not be mended.');
}

/**
 * Nobody's phone shall ring for an empty chair: who answers would be an abandoned call, which is a matter of law (FTC, 16 CFR
 * 310.4(b)(1)(iv); Ofcom's policy on persistent misuse). Live calls go on, and one key resumes. Their absence is forgotten
 * then, so that a session which is resumed through the API, without a screen, is not paused again.
 */
async function pauseForAbsentAgents(ports: Ports): Promise<void> {
  const { store, presence, clock, journal } = ports;
  const now = clock.now();
  const absent = await presence.absent(now, AT_MOST);
  for (const { sessionId, agentId, seenAt } of absent) {
    const applied = await store.changeSession(sessionId, (scene) => {
      const paused = pause(scene, 'agent_away', now);
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
      details: { seen_seconds_ago: Math.round((now.getTime() - seenAt.getTime()) / 1000) },
      repaired: { kind: 'session_agent_away', count: 1 },
    });
    tell(ports, applied);
  }
  if (absent.length > 0) {
    await presence.forget(
      absent.map(({ sessionId }) => sessionId),
      now,
    );
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
    after = ids.length < AT_MOST ? undefined : ids.at(-1);
  } while (after !== undefined);
}

async function endUnwantedCalls(ports: Ports): Promise<void> {
  const { store, reconciliation, telephony, clock, journal } = ports;
  for await (const sessionId of allOf((after) =>
    reconciliation.sessionsWithUnwantedCalls(AT_MOST, after),
  )) {
    const now = clock.now();
    const applied = await store.changeSession(sessionId, (scene) => {
      const change = cancelUnwanted(scene, telephony.capabilities, now);
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
    tell(ports, applied);
  }
}

async function wakeStuckSessions(ports: Ports): Promise<void> {
  const { store, reconciliation, clock, journal } = ports;
  for (const sessionId of await reconciliation.sessionsNobodyWakes(AT_MOST)) {
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
    tell(ports, applied);
  }
}

async function giveBackItems({
  reconciliation,
  clock,
  journal,
  announcements,
}: Ports): Promise<void> {
  const now = clock.now();
  const afterCall = after(now, AFTER_A_CALL_OF_WHICH_NOTHING_IS_KNOWN);
  const givenBack = await reconciliation.giveBackItems(now, afterCall, AT_MOST);
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

async function giveDueTimes({ reconciliation, clock, journal, jobs }: Ports): Promise<void> {
  const { eventIds, callIds } = await reconciliation.makeDue(clock.now(), AT_MOST);
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
