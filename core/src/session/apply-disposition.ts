import type { CompletedCall } from '../call/call.js';
import { addMs, CRM_LEASE_MS } from '../call/deadlines.js';
import { contactRuleOf, contactRuleOfSaved } from '../compliance/contact-rule.js';
import type { Disposition, SavedDisposition } from '../disposition/disposition.js';
import type { Decision, SceneOfCall } from '../ports/dialer-store.js';
import {
  afterDisposition,
  asOutcomeSays,
  CALLBACK_WITHOUT_TIME_SECONDS,
} from '../queue/after-call.js';
import { SceneDraft } from './scene.js';

/** `no_place_for_callback`: the lead was taken out of the queue, so a promise would be forgotten; nothing was saved. */
export type DispositionApplied = 'saved' | 'not_placed' | 'no_place_for_callback';

/**
 * The agent says what a call meant, during it or after it, once or again. The wrap-up goes on: the agent may have more to
 * write, and ends it with `dialNext`. What the disposition says about the person holds in every queue from then on, also while the
 * call goes on; saying something else later takes it back, as far as no other call holds it. A call that the CRM has already is due there again, under the same activity (P6).
 */
export function applyDisposition(
  scene: SceneOfCall,
  said: { disposition: Disposition; notes: string | null; callbackAt: Date | null },
  now: Date,
): Decision<DispositionApplied> {
  const { call, item } = scene.subject;
  if (call.state === 'QUEUED') return { change: {}, answer: 'not_placed' };
  const callbackAt =
    said.disposition.effect === 'callback'
      ? (said.callbackAt ?? addMs(now, CALLBACK_WITHOUT_TIME_SECONDS * 1000))
      : said.callbackAt;
  const keepsPromise = contactRuleOf(said.disposition, callbackAt)?.effect === 'waits';
  if (keepsPromise && item === null) return { change: {}, answer: 'no_place_for_callback' };
  const { code, label, effect, retry } = said.disposition;
  const disposition: SavedDisposition = {
    code,
    label,
    effect,
    retry,
    notes: said.notes,
    callbackAt,
    savedAt: now,
  };

  const draft = new SceneDraft(scene, now);
  if (call.state === 'COMPLETED') {
    draft.amend(dueAtTheCrm({ ...call, disposition }, now));
    if (item !== null) {
      const { retryRules } = scene.session.settings;
      const saidNothing = effect === 'keep' && retry === null && callbackAt === null;
      const before =
        saidNothing && decidedItem(call.disposition) ? asOutcomeSays(item, call, retryRules) : item;
      draft.putItem(afterDisposition(before, said.disposition, callbackAt, now));
    }
  } else {
    draft.putLive({ ...call, disposition }, item);
  }
  const rule = contactRuleOf(said.disposition, callbackAt);
  if (rule !== null || contactRuleOfSaved(call.disposition) !== null) {
    const { id: callId, leadId, phone } = call;
    draft.contact({ callId, leadId, phone, disposition: said.disposition.label, rule });
  }
  // A session that waits for its next lead must not sleep through a call-back.
  const { session } = draft;
  const waits = session.status === 'RUNNING' && session.reason === 'waiting_for_due_item';
  if (waits && callbackAt !== null && session.wakeAt !== null && callbackAt < session.wakeAt) {
    draft.update({ wakeAt: callbackAt < now ? now : callbackAt });
  }
  return { change: draft.change(), answer: 'saved' };
}

/** Did an earlier word on this call decide about its place in the queue? Then taking it back brings back what the outcome says. */
const decidedItem = (disposition: SavedDisposition | null): boolean =>
  disposition !== null &&
  (disposition.callbackAt !== null || disposition.effect !== 'keep' || disposition.retry !== null);

/**
 * At once, unless a worker may be bringing an older word there: it sees the new revision when it is through and makes the
 * call due again, and if it has died, its lease ends.
 */
function dueAtTheCrm(call: CompletedCall, now: Date): CompletedCall {
  const { crm } = call;
  const leaseEnds = addMs(now, CRM_LEASE_MS);
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
