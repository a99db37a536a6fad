import type { Call, CancelReason, CompletedCall, LiveCall, QueuedCall } from '../call/call.js';
import { isConversation, isHandedOn } from '../call/call.js';
import { meaningOf } from '../call/outcome.js';
import type { CallWithItem, ContactChange, Scene, SceneChange } from '../ports/dialer-store.js';
import { afterCall, afterDisposition } from '../queue/after-call.js';
import type { QueueItem } from '../queue/queue-item.js';
import { phaseOf } from './phase-of.js';
import type { Session } from './session.js';

/**
 * A scene while a decision is being made: calls and items as they will be. Decisions say what becomes of a call; what
 * follows from it everywhere (metrics, the queue item, the phase, P10) is worked out here, in one place.
 */
export class SceneDraft {
  session: Session;
  readonly #before: Session;
  readonly #now: Date;
  readonly #live: Map<string, CallWithItem<LiveCall>>;
  readonly #calls = new Map<string, Call>();
  readonly #items = new Map<string, QueueItem>();
  #contact: ContactChange | null = null;

  constructor(scene: Scene, now: Date) {
    this.session = scene.session;
    this.#before = scene.session;
    this.#now = now;
    this.#live = new Map(scene.live.map((entry) => [entry.call.id, entry]));
  }

  get live(): readonly CallWithItem<LiveCall>[] {
    return [...this.#live.values()];
  }

  /** What takes one of the agent's lines: not what they have handed on. */
  get onLines(): readonly CallWithItem<LiveCall>[] {
    return this.live.filter(({ call }) => !isHandedOn(call));
  }

  /** The conversation that is going on. */
  get conversation(): LiveCall | null {
    for (const { call } of this.#live.values()) {
      if (isConversation(call)) return call;
    }
    return null;
  }

  /** An actor goes with the reason that they gave: another reason forgets them. */
  update(changes: Partial<Session>): void {
    const actor = 'reason' in changes ? { actor: changes.actor ?? null } : {};
    this.session = { ...this.session, ...changes, ...actor };
  }

  putItem(item: QueueItem): void {
    this.#items.set(item.id, item);
  }

  /** What a disposition says about its person, in every queue. */
  contact(change: ContactChange): void {
    this.#contact = change;
  }

  putLive(call: LiveCall, item: QueueItem | null): void {
    if (!this.#live.has(call.id)) this.#count('attempted');
    this.#live.set(call.id, { call, item });
    this.#calls.set(call.id, call);
  }

  /** A call that the claim has just written; its item is the store's business. */
  putClaimed(call: QueuedCall): void {
    this.#count('attempted');
    this.#live.set(call.id, { call, item: null });
  }

  /** The call is over: count it, and say what becomes of the lead's place in the queue. */
  complete(call: CompletedCall, item: QueueItem | null): void {
    this.#live.delete(call.id);
    this.#calls.set(call.id, call);
    this.#count(meaningOf(call.outcome).metric);
    if (item === null) return;
    if (call.dialedAt === null && CANCELLED_BY_CIRCUMSTANCE.includes(call.cancellation?.reason)) {
      this.putItem(releasedUncalled(item));
      return;
    }
    const { disposition } = call;
    const over = afterCall(
      item,
      call.outcome,
      this.session.settings.retryRules,
      this.#now,
      disposition?.callbackAt ?? null,
    );
    this.putItem(
      disposition === null
        ? over
        : afterDisposition(over, disposition, disposition.callbackAt, this.#now),
    );
  }

  /** History that a person refined; nothing else follows. */
  amend(call: CompletedCall): void {
    this.#calls.set(call.id, call);
  }

  #count(metric: 'attempted' | ReturnType<typeof meaningOf>['metric']): void {
    const { metrics } = this.session;
    this.update({ metrics: { ...metrics, [metric]: metrics[metric] + 1 } });
  }

  /** What to write. The phase follows from the rest. */
  change(more: Pick<SceneChange, 'processedEventIds'> = {}): SceneChange {
    const phase = phaseOf(this.session, this.live, this.#now);
    if (phase !== this.session.phase) this.update({ phase, phaseSince: this.#now });
    return {
      ...more,
      ...(this.session === this.#before ? {} : { session: this.session }),
      ...(this.#calls.size === 0 ? {} : { calls: [...this.#calls.values()] }),
      ...(this.#items.size === 0 ? {} : { items: [...this.#items.values()] }),
      ...(this.#contact === null ? {} : { contact: this.#contact }),
    };
  }
}

/** Released without the agent's doing. A call that the agent took back, or that lost to another line, waits as its rule says. */
const CANCELLED_BY_CIRCUMSTANCE: readonly (CancelReason | undefined)[] = [
  'not_placed',
  'session_stopped',
  'agent_absent',
];

/** Claimed, but no phone rang: the item is released unchanged, and may be called immediately. */
function releasedUncalled(item: QueueItem): QueueItem {
  if (item.state !== 'CLAIMED') return item;
  return { ...item, state: 'PENDING', claimedBySessionId: null };
}
