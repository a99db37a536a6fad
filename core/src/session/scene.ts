import type { Call, CancelReason, CompletedCall, LiveCall, QueuedCall } from '../call/call.js';
import { parseDisposition } from '../call/dispositions.js';
import { meaningOf } from '../call/outcome.js';
import type { CallWithItem, NewSuppression, Scene, SceneChange } from '../ports/dialer-store.js';
import { afterCall, afterVerdict } from '../queue/after-call.js';
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
  readonly #suppress: NewSuppression[] = [];

  constructor(scene: Scene, now: Date) {
    this.session = scene.session;
    this.#before = scene.session;
    this.#now = now;
    this.#live = new Map(scene.live.map((entry) => [entry.call.id, entry]));
  }

  get live(): readonly CallWithItem<LiveCall>[] {
    return [...this.#live.values()];
  }

  /** The conversation that is going on. */
  get conversation(): LiveCall | null {
    for (const { call } of this.#live.values()) {
      if (call.state === 'IN_PROGRESS' && call.winner) return call;
    }
    return null;
  }

  update(changes: Partial<Session>): void {
    this.session = { ...this.session, ...changes };
  }

  putItem(item: QueueItem): void {
    this.#items.set(item.id, item);
  }

  suppress(suppression: NewSuppression): void {
    this.#suppress.push(suppression);
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
    if (call.dialedAt === null && NOBODY_CHOSE.includes(call.cancellation?.reason)) {
      this.putItem(releasedUncalled(item));
      return;
    }
    const { verdict } = call;
    const over = afterCall(
      item,
      call.outcome,
      this.session.settings.retryRules,
      this.#now,
      verdict?.callbackAt ?? null,
    );
    const disposition = verdict === null ? null : parseDisposition(verdict.disposition);
    this.putItem(
      verdict === null || disposition === null
        ? over
        : afterVerdict(over, disposition, verdict.callbackAt, this.#now),
    );
  }

  /** Has the agent said already what this call, changed by this decision, meant? */
  verdictSaved(callId: string): boolean {
    return (this.#calls.get(callId)?.verdict ?? null) !== null;
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
      ...(this.#suppress.length === 0 ? {} : { suppress: this.#suppress }),
    };
  }
}

/** Given back by circumstance. One that the agent took back, or that lost to another line, waits as its rule says. */
const NOBODY_CHOSE: readonly (CancelReason | undefined)[] = ['not_placed', 'session_stopped'];

/** Claimed, but nobody's phone rang: it goes back as it was, and may be called at once. */
function releasedUncalled(item: QueueItem): QueueItem {
  if (item.state !== 'CLAIMED') return item;
  return { ...item, state: 'PENDING', claimedBySessionId: null };
}
