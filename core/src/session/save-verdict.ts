import type { Call, CompletedCall, Verdict } from '../call/call.js';
import { after, CRM_LEASE } from '../call/deadlines.js';
import type { Disposition } from '../call/dispositions.js';
import type { Decision, SceneOfCall } from '../ports/dialer-store.js';
import { afterVerdict, CALLBACK_WITHOUT_TIME_SECONDS } from '../queue/after-call.js';
import { SceneDraft } from './scene.js';

export type VerdictSaved = 'saved' | 'not_placed';

/**
 * The agent says what a call meant, during it or after it, once or again. A conversation's wrap-up ends with it. A call
 * that the CRM has already is due there again, under the same activity (P6).
 */
export function saveVerdict(
  scene: SceneOfCall,
  said: { disposition: Disposition; notes: string | null; callbackAt: Date | null },
  now: Date,
): Decision<VerdictSaved> {
  const { call, item } = scene.subject;
  if (call.state === 'QUEUED') return { change: {}, answer: 'not_placed' };
  const callbackAt =
    said.disposition.effect === 'callback'
      ? (said.callbackAt ?? after(now, CALLBACK_WITHOUT_TIME_SECONDS * 1000))
      : said.callbackAt;
  const verdict: Verdict = {
    disposition: said.disposition.label,
    notes: said.notes,
    callbackAt,
    savedAt: now,
  };

  const draft = new SceneDraft(scene, now);
  if (call.state === 'COMPLETED') {
    draft.amend(dueAtTheCrm({ ...call, verdict }, now));
    if (item !== null) draft.putItem(afterVerdict(item, said.disposition, callbackAt, now));
  } else {
    draft.putLive({ ...call, verdict }, item);
  }
  if (said.disposition.effect === 'suppress') {
    draft.suppress({
      phone: call.phone,
      reason: 'Asked the agent not to be called',
      source: 'agent',
    });
  }
  if (endsWrapUp(draft, call)) {
    const nextRoundAt = after(now, draft.session.settings.delaySeconds * 1000);
    draft.update({ wrapUpUntil: null, nextRoundAt, wakeAt: nextRoundAt });
  }
  // A session that waits for its next lead must not sleep through a call-back.
  const { session } = draft;
  const waits = session.status === 'RUNNING' && session.reason === 'waiting_for_due_item';
  if (waits && callbackAt !== null && session.wakeAt !== null && callbackAt < session.wakeAt) {
    draft.update({ wakeAt: callbackAt < now ? now : callbackAt });
  }
  return { change: draft.change(), answer: 'saved' };
}

const endsWrapUp = ({ session }: SceneDraft, call: Call): boolean =>
  session.winnerCallId === call.id && session.wrapUpUntil !== null && session.status !== 'STOPPED';

/**
 * At once, unless a worker may be bringing an older word there: it sees the new revision when it is through and makes the
 * call due again, and if it has died, its lease ends.
 */
function dueAtTheCrm(call: CompletedCall, now: Date): CompletedCall {
  const { crm } = call;
  const leaseEnds = after(now, CRM_LEASE);
  const mayBeAtIt = crm.dueAt !== null && crm.dueAt > now;
  const dueAt = !mayBeAtIt ? now : crm.dueAt < leaseEnds ? crm.dueAt : leaseEnds;
  return {
    ...call,
    crm: {
      ...crm,
      state: 'PENDING',
      revision: crm.revision + 1,
      attempts: 0,
      dueAt,
      lastError: null,
    },
  };
}
