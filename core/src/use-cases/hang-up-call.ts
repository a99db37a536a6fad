import type { Agent } from '../agent/agent.js';
import { type Call, isLive, type LiveCall, type QueuedCall } from '../call/call.js';
import { addMs, END_AFTER_HANG_UP_MS } from '../call/deadlines.js';
import { providerDelayAfter } from '../pacing/back-off.js';
import { SceneDraft } from '../session/scene.js';
import type { DialerPorts } from './dialer-ports.js';
import { providerRef } from './provider-ref.js';
import { publishEffects } from './publish-effects.js';

/**
 * Asks the provider to end a call that has a cancellation due. The call is over when the provider's event says so; when
 * that event is lost, its deadline brings `checkCall`.
 */
export async function hangUpCall(
  ports: Pick<DialerPorts, 'store' | 'carriers' | 'clock' | 'jobs' | 'announcements' | 'journal'>,
  callId: string,
): Promise<void> {
  const { store, carriers, clock, journal } = ports;
  const found = await findDue(store, callId, clock.now());
  if (found === null) return;
  const { call, agent, askAt } = found;
  // Before the provider has surely taken it, there may be nothing to hang up yet, and it may ring all the same.
  const surelyPlaced = call.placement === 'ACCEPTED';

  const answer = await carriers.of(call.provider).hangUp(providerRef(call, agent, 0));
  if (answer.kind === 'failed') {
    journal.note({
      level: 'warn',
      event: 'hang-up failed',
      callId,
      sessionId: call.sessionId,
      details: { message: answer.message, asked: (call.cancellation?.asked ?? 0) + 1 },
    });
  }
  const now = clock.now();
  const applied = await store.changeByCall(callId, (scene) => {
    const draft = new SceneDraft(scene, now);
    const { call: current, item } = scene.subject;
    if (!isLive(current) || current.state === 'QUEUED' || current.cancellation === null) {
      return { change: {}, answer: undefined };
    }
    // A person answered while we asked, and it is to be asked again: that request stands.
    if (current.cancellation.askAt === null || current.cancellation.askAt > askAt) {
      return { change: {}, answer: undefined };
    }
    const asked = current.cancellation.asked + 1;
    const inVain = answer.kind === 'failed' || (answer.kind === 'done' && !surelyPlaced);
    const again = inVain ? addMs(now, providerDelayAfter(asked)) : null;
    const endsSoon = answer.kind === 'done' && surelyPlaced;
    draft.putLive(
      {
        ...current,
        cancellation: { ...current.cancellation, askAt: again, asked },
        deadlineAt: endsSoon ? addMs(now, END_AFTER_HANG_UP_MS) : current.deadlineAt,
      },
      item,
    );
    return { change: draft.change(), answer: undefined };
  });
  if (applied !== null) publishEffects(ports, applied);
}

interface DueHangUp {
  readonly call: Exclude<LiveCall, QueuedCall>;
  readonly agent: Agent;
  readonly askAt: Date;
}

/**
 * As this process remembers it, else as it stands: a cancellation is never taken back while the call lives, and to end a call
 * that is over is `done` at every provider, so an outdated memory of one that is due does no harm.
 */
async function findDue(
  store: DialerPorts['store'],
  callId: string,
  now: Date,
): Promise<DueHangUp | null> {
  const remembered = store.recall(callId);
  const due = remembered && dueHangUp(remembered.subject.call, remembered.agent, now);
  if (due !== null) return due;
  const call = await store.findCall(callId);
  if (call === null || dueAt(call, now) === null) return null;
  const agent = await store.findAgent(call.agentId);
  return agent && dueHangUp(call, agent, now);
}

const dueAt = (call: Call, now: Date): Date | null => {
  const askAt = isLive(call) && call.state !== 'QUEUED' ? call.cancellation?.askAt : null;
  return askAt && askAt <= now ? askAt : null;
};

function dueHangUp(call: Call, agent: Agent, now: Date): DueHangUp | null {
  const askAt = dueAt(call, now);
  return askAt !== null && isLive(call) && call.state !== 'QUEUED' ? { call, agent, askAt } : null;
}
