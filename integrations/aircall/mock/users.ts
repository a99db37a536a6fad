export type Availability =
  | 'available'
  | 'in_call'
  | 'after_call_work'
  | 'do_not_disturb'
  | 'offline';

/** What the control may set; the other two follow from calls. */
export type ChosenAvailability = 'available' | 'do_not_disturb' | 'offline';

export interface SeedUser {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly timeZone?: string;
  readonly language?: string;
  readonly wrapUpTime?: number;
  /** The lines this agent may call from. */
  readonly numberIds: readonly number[];
}

/**
 * One agent. What the agent chose (`chosen`), the live calls and the wrap-up are kept apart, because a call that ends
 * must bring back what was chosen before it. `open` is the working-hours flag, which is something else (reference 3).
 */
export interface MockUser {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly createdAt: string;
  readonly timeZone: string;
  readonly language: string;
  readonly numberIds: readonly number[];
  wrapUpTime: number;
  chosen: ChosenAvailability;
  open: boolean;
  substatus: string;
  /** Calls this agent is on, from `call.created` to the end. */
  readonly liveCallIds: Set<number>;
  /** Orders taken with 204 whose call has not been created yet. */
  pendingOrders: number;
  wrappingUp: boolean;
  /** Put into the dialler by `POST …/dial`; the agent still has to press call (reference 3.2). */
  prefilledNumber: string | null;
}

export class Users {
  readonly #seed: readonly SeedUser[];
  readonly #createdAt: string;
  readonly #byId = new Map<number, MockUser>();

  constructor(seed: readonly SeedUser[], createdAt: string) {
    this.#seed = seed;
    this.#createdAt = createdAt;
    this.reset();
  }

  reset(): void {
    this.#byId.clear();
    for (const user of this.#seed) {
      this.#byId.set(user.id, {
        id: user.id,
        name: user.name,
        email: user.email,
        createdAt: this.#createdAt,
        timeZone: user.timeZone ?? 'Etc/UTC',
        language: user.language ?? 'en-US',
        numberIds: user.numberIds,
        wrapUpTime: user.wrapUpTime ?? 0,
        chosen: 'available',
        open: true,
        substatus: 'always_open',
        liveCallIds: new Set(),
        pendingOrders: 0,
        wrappingUp: false,
        prefilledNumber: null,
      });
    }
  }

  all(): MockUser[] {
    return [...this.#byId.values()];
  }

  find(id: number): MockUser | undefined {
    return this.#byId.get(id);
  }

  /** v2 accepts the id or the e-mail in the path (reference 3). */
  findByIdOrEmail(idOrEmail: string): MockUser | undefined {
    return /^\d+$/.test(idOrEmail)
      ? this.find(Number(idOrEmail))
      : this.all().find((user) => user.email.toLowerCase() === idOrEmail.toLowerCase());
  }

  assignedTo(numberId: number): MockUser[] {
    return this.all().filter((user) => user.numberIds.includes(numberId));
  }
}

/** Reference 3, table of availabilities. Offline wins: the Workspace is not connected, whatever else is going on. */
export function availabilityOf(user: MockUser): Availability {
  if (user.chosen === 'offline') return 'offline';
  if (user.liveCallIds.size > 0) return 'in_call';
  if (user.wrappingUp) return 'after_call_work';
  return user.chosen;
}
