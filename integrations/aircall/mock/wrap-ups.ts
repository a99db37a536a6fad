import type { MockCall } from './calls.js';
import type { Events } from './events.js';
import type { CancelTimer, Pace } from './pace.js';
import type { Settings } from './settings.js';
import type { MockUser } from './users.js';

/**
 * Wrap-up after a call: `after_call_work` for the user's `wrap_up_time`, or until the agent ends it. With no wrap-up
 * time there is none, unless tagging is mandatory and the call is untagged; then it lasts until the call is tagged
 * (reference 7.2, details).
 */
export class WrapUps {
  readonly #timers = new Map<number, CancelTimer>();
  readonly #waitingForTag = new Map<number, number>();

  constructor(
    private readonly pace: Pace,
    private readonly settings: Settings,
    private readonly events: Events,
  ) {}

  reset(): void {
    this.#timers.clear();
    this.#waitingForTag.clear();
  }

  begin(user: MockUser, call: MockCall): void {
    const mustTag = this.settings.behaviour.mandatoryTagging && call.tags.length === 0;
    if (user.wrapUpTime === 0 && !mustTag) return;
    user.wrappingUp = true;
    this.events.aboutUser('user.wut_start', user, this.pace.momentSince(call.startedAtMs));
    if (user.wrapUpTime > 0)
      this.#timers.set(
        user.id,
        this.pace.after(user.wrapUpTime, () => this.end(user)),
      );
    else this.#waitingForTag.set(user.id, call.id);
  }

  callWasTagged(user: MockUser, call: MockCall): void {
    if (this.#waitingForTag.get(user.id) === call.id) this.end(user);
  }

  end(user: MockUser): void {
    if (!user.wrappingUp) return;
    this.#timers.get(user.id)?.();
    this.#timers.delete(user.id);
    this.#waitingForTag.delete(user.id);
    user.wrappingUp = false;
    this.events.aboutUser('user.wut_end', user);
  }
}
