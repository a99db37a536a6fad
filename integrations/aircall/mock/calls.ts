import type { Fate } from './fates.js';
import { digitsOnly } from './phone-format.js';

export type Party = 'agent' | 'remote';

export interface CallTag {
  readonly tagId: number;
  readonly taggedAtMs: number;
  readonly taggedBy: number | null;
}

export interface CallComment {
  readonly id: number;
  readonly content: string;
  readonly postedAtMs: number;
  /** Null when posted by API (reference 4.1). */
  readonly postedBy: number | null;
}

/**
 * One call. `initial` while it rings, `answered` while people talk, `done` afterwards, and never back (reference 4.1).
 * `announced` is true once `call.created` went out; `completed` once `call.ended` did.
 */
export interface MockCall {
  readonly id: number;
  readonly uuid: string;
  readonly direction: 'outbound' | 'inbound';
  /** Who started it: our API, the agent by hand, or an outside caller. The API never shows this. */
  readonly startedBy: 'api' | 'agent' | 'caller';
  /** The other party, E.164. */
  readonly phoneNumber: string;
  readonly numberId: number;
  readonly fate: Fate;
  readonly startedAtMs: number;
  userId: number | null;
  status: 'initial' | 'answered' | 'done';
  answeredAtMs: number | null;
  endedAtMs: number | null;
  endedBy: Party | null;
  missedCallReason: string | null;
  announced: boolean;
  completed: boolean;
  onHold: boolean;
  archived: boolean;
  recordingPaused: boolean;
  recordingUrl: string | null;
  transferredBy: number | null;
  transferredTo: number | null;
  tags: readonly CallTag[];
  comments: readonly CallComment[];
  /** Typed by the agent, saved when the call-ended view is left. */
  unsavedNotes: string[];
  /** What was shown to the agent during the call. */
  insightCards: unknown[];
}

export type NewCall = Pick<
  MockCall,
  | 'uuid'
  | 'direction'
  | 'startedBy'
  | 'phoneNumber'
  | 'numberId'
  | 'fate'
  | 'startedAtMs'
  | 'userId'
>;

export interface CallFilter {
  readonly direction?: string | undefined;
  readonly userId?: number | undefined;
  readonly phoneNumber?: string | undefined;
  /** All of them must be on the call (reference 4). */
  readonly tagIds?: readonly number[] | undefined;
}

export class Calls {
  readonly #firstId: number;
  readonly #byId = new Map<number, MockCall>();
  #nextId: number;
  #nextCommentId = 1;

  constructor(firstId: number) {
    this.#firstId = firstId;
    this.#nextId = firstId;
  }

  reset(): void {
    this.#byId.clear();
    this.#nextId = this.#firstId;
    this.#nextCommentId = 1;
  }

  add(start: NewCall): MockCall {
    const call: MockCall = {
      ...start,
      id: this.#nextId++,
      status: 'initial',
      answeredAtMs: null,
      endedAtMs: null,
      endedBy: null,
      missedCallReason: null,
      announced: false,
      completed: false,
      onHold: false,
      archived: false,
      recordingPaused: false,
      recordingUrl: null,
      transferredBy: null,
      transferredTo: null,
      tags: [],
      comments: [],
      unsavedNotes: [],
      insightCards: [],
    };
    this.#byId.set(call.id, call);
    return call;
  }

  find(id: number): MockCall | undefined {
    return this.#byId.get(id);
  }

  all(): MockCall[] {
    return [...this.#byId.values()];
  }

  liveOf(userId: number): MockCall[] {
    return this.all().filter((call) => call.userId === userId && call.status !== 'done');
  }

  search(filter: CallFilter): MockCall[] {
    const digits = filter.phoneNumber === undefined ? undefined : digitsOnly(filter.phoneNumber);
    return this.all().filter(
      (call) =>
        (filter.direction === undefined || call.direction === filter.direction) &&
        (filter.userId === undefined || call.userId === filter.userId) &&
        (digits === undefined || digitsOnly(call.phoneNumber) === digits) &&
        (filter.tagIds ?? []).every((id) => call.tags.some((tag) => tag.tagId === id)),
    );
  }

  nextCommentId(): number {
    return this.#nextCommentId++;
  }
}
