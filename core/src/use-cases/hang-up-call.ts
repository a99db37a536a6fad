import { isLive } from '../call/call.js';
import { after, END_AFTER_HANG_UP } from '../call/deadlines.js';
import { providerDelayAfter } from '../pacing/back-off.js';
import { SceneDraft } from '../session/scene.js';
import type { DialerPorts } from './dialer-ports.js';
import { providerRef } from './provider-ref.js';
import { tell } from './tell.js';

/**
 * Asks the provider to end a call that has a cancellation due. The call is over when the provider's event says so; when
 * that event is lost, its deadline brings `checkCall`.
 */
export async function hangUpCall(
  ports: Pick<DialerPorts, 'store' | 'telephony' | 'clock' | 'jobs' | 'announcements' | 'journal'>,
  callId: string,
): Promise<void> {
  const { store, telephony, clock, journal } = ports;
  const call = await store.findCall(callId);
  if (call === null || !isLive(call) || call.state === 'QUEUED') return;
  const askAt = call.cancellation?.askAt ?? null;
  if (askAt === null || askAt > clock.now()) return;
  const agent = await store.findAgent(call.agentId);
  if (agent === null) return;
  // Before the provider has surely taken it, there may be nothing to hang up yet, and it may ring all the same.
  const surelyPlaced = call.placement === 'ACCEPTED';

  const answer = await telephony.hangUp(providerRef(call, agent, 0));
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
    // Somebody answered while we asked, and it is to be asked again: that request stands.
    if (current.cancellation.askAt === null || current.cancellation.askAt > askAt) {
      return { change: {}, answer: undefined };
    }
    const asked = current.cancellation.asked + 1;
    const inVain = answer.kind === 'failed' || (answer.kind === 'done' && !surelyPlaced);
    const again = inVain ? after(now, providerDelayAfter(asked)) : null;
    const endsSoon = answer.kind === 'done' && surelyPlaced;
    draft.putLive(
      {
        ...current,
        cancellation: { ...current.cancellation, askAt: again, asked },
        deadlineAt: endsSoon ? after(now, END_AFTER_HANG_UP) : current.deadlineAt,
      },
      item,
    );
    return { change: draft.change(), answer: undefined };
  });
  if (applied !== null) tell(ports, applied);
}
