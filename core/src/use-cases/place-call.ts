import { ANSWER_WITHIN, ASK_WITHIN, after } from '../call/deadlines.js';
import { givenBack } from '../call/transitions.js';
import type { BeginPlacing } from '../ports/dialer-store.js';
import type { PlaceAnswer, Telephony } from '../ports/telephony.js';
import { startedElsewhere } from '../session/control.js';
import { applyPlaceAnswer, type NotOurs } from '../session/place-answer.js';
import { SceneDraft } from '../session/scene.js';
import type { DialerPorts } from './dialer-ports.js';
import { tell } from './tell.js';

/**
 * Places one queued call with the provider, at most once (P3): the row moves from QUEUED to DIALING for one caller
 * only, before the provider is asked. A process that dies in between leaves a DIALING row past its deadline, which
 * `checkCall` looks up; it is never placed again.
 */
export async function placeCall(
  ports: Pick<DialerPorts, 'store' | 'telephony' | 'clock' | 'jobs' | 'announcements' | 'journal'>,
  callId: string,
): Promise<void> {
  const { store, telephony, clock, journal } = ports;
  const now = clock.now();
  const begun = await store.beginPlacing(callId, now, after(now, ANSWER_WITHIN));
  switch (begun.kind) {
    case 'not_queued':
      return;
    case 'suppressed':
      await giveBack(ports, callId, 'The number was suppressed after it was claimed.');
      return;
    case 'clearance_over':
      await giveBack(ports, callId, 'The calling window closed before it was placed.');
      return;
    case 'begun':
      break;
    default: {
      const never: never = begun;
      return never;
    }
  }

  const { call } = begun;
  const answer =
    clock.now().getTime() - now.getTime() > ASK_WITHIN ? TOO_LATE : await ask(telephony, begun);
  journal.note({
    level: answer.kind === 'accepted' ? 'info' : 'warn',
    event:
      answer.kind === 'accepted'
        ? 'call placed'
        : answer.kind === 'unknown'
          ? 'placing answer lost'
          : 'call refused by provider',
    sessionId: call.sessionId,
    callId: call.id,
    details:
      answer.kind === 'accepted'
        ? { provider_call_id: answer.providerCallId }
        : { message: answer.message, because: answer.kind === 'refused' ? answer.because : null },
    pii: { phone: call.phone },
  });
  const answeredAt = clock.now();
  const applied = await store.changeByCall(callId, (scene) => {
    const draft = applyPlaceAnswer(scene, answer, answeredAt);
    return { change: draft.change(), answer: undefined };
  });
  if (applied !== null) tell(ports, applied);
}

/** Surely not placed: nobody else may ask, and we did not. */
const TOO_LATE: PlaceAnswer = {
  kind: 'refused',
  because: 'later',
  message: 'It took too long to take the call for placing, so the provider was not asked.',
};

async function ask(
  telephony: Telephony,
  { call, agent, ringSeconds }: Extract<BeginPlacing, { kind: 'begun' }>,
): Promise<PlaceAnswer | NotOurs> {
  if (call.provider !== telephony.name) {
    return { kind: 'not_ours', message: startedElsewhere(call.provider, telephony.name) };
  }
  return telephony.place({
    callId: call.id,
    to: call.phone,
    agent,
    ringSeconds,
    attempt: call.attempt,
  });
}

async function giveBack(
  ports: Pick<DialerPorts, 'store' | 'clock' | 'jobs' | 'announcements' | 'journal'>,
  callId: string,
  why: string,
): Promise<void> {
  const now = ports.clock.now();
  const applied = await ports.store.changeByCall(callId, (scene) => {
    const draft = new SceneDraft(scene, now);
    const { call, item } = scene.subject;
    if (call.state === 'QUEUED') {
      draft.complete(givenBack(call, 'not_placed', why, now), item);
      if (draft.session.status === 'RUNNING') draft.update({ wakeAt: now });
    }
    return { change: draft.change(), answer: undefined };
  });
  if (applied !== null) tell(ports, applied);
}
