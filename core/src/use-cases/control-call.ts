import type { Disposition } from '../disposition/disposition.js';
import type { AuditNote, Author } from '../ports/audit.js';
import type { ContactChanged } from '../ports/dialer-store.js';
import { applyDisposition } from '../session/apply-disposition.js';
import { hangUp } from '../session/control.js';
import type { DialerPorts } from './dialer-ports.js';
import { publishEffects } from './publish-effects.js';
import { wakeQueues } from './wake-queues.js';

type Ports = Pick<
  DialerPorts,
  'store' | 'carriers' | 'clock' | 'jobs' | 'announcements' | 'journal'
>;

/** The agent ends a live call. `requested`: the provider is being asked; its event will say when the call is over. */
export async function requestHangUp(
  ports: Ports,
  callId: string,
): Promise<'requested' | 'not_found' | 'call_not_live' | 'provider_cannot'> {
  const { store, carriers, clock } = ports;
  const now = clock.now();
  const applied = await store.changeByCall(callId, (scene) => {
    const { capabilities } = carriers.of(scene.session.provider);
    const answer = hangUp(scene, capabilities, now);
    return {
      change: answer.kind === 'changed' ? answer.change : {},
      answer: answer.kind === 'changed' ? ('requested' as const) : answer.because,
    };
  });
  if (applied === null) return 'not_found';
  if (applied.answer === 'requested') publishEffects(ports, applied);
  return applied.answer;
}

export type DispositionSaved =
  /** `contact`: what it did to the person in every queue; null: nothing. */
  | { readonly kind: 'saved'; readonly contact: ContactChanged | null }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'not_placed' }
  | { readonly kind: 'no_place_for_callback' };

/**
 * The agent's disposition and notes; saving again replaces what was said before. The same follows from every caller:
 * each queue that changed is announced, and sessions whose queue has a lead to call again are woken. With an `author`, numbers that
 * come onto the suppression list or leave it are in the audit log in the same transaction.
 */
export async function saveDisposition(
  ports: Ports,
  callId: string,
  said: { disposition: Disposition; notes: string | null; callbackAt: Date | null },
  author: Author | null = null,
): Promise<DispositionSaved> {
  const now = ports.clock.now();
  const applied = await ports.store.changeByCall(callId, (scene) => {
    const decision = applyDisposition(scene, said, now);
    if (author === null || decision.change.contact === undefined) return decision;
    const audit = (contact: ContactChanged | null) => suppressionNotes(callId, contact, author);
    return { ...decision, change: { ...decision.change, audit } };
  });
  if (applied === null) return { kind: 'not_found' };
  if (applied.answer !== 'saved') return { kind: applied.answer };
  publishEffects(ports, applied);
  await wakeQueues(ports, applied.contact?.freedQueueIds ?? []);
  return { kind: 'saved', contact: applied.contact };
}

function suppressionNotes(
  callId: string,
  contact: ContactChanged | null,
  author: Author,
): readonly AuditNote[] {
  const note = (action: AuditNote['action'], phone: string): AuditNote => ({
    ...author,
    action,
    target: { kind: 'phone_number', id: phone },
    details: { because: 'disposition', call_id: callId },
  });
  return [
    ...(contact?.suppressed ?? []).map((phone) => note('suppression_added', phone)),
    ...(contact?.unsuppressed ?? []).map((phone) => note('suppression_removed', phone)),
  ];
}
