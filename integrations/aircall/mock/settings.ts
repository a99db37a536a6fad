import type { z } from 'zod';
import {
  type Behaviour,
  behaviourSchema,
  type DeepPartial,
  defaultBehaviour,
  type EventFaults,
  eventFaultsSchema,
  noEventFaults,
} from './behaviour.js';

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function merge(base: unknown, patch: unknown): unknown {
  if (!isPlainObject(base) || !isPlainObject(patch)) return patch === undefined ? base : patch;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(patch)) merged[key] = merge(base[key], value);
  return merged;
}

/** One group of settings that can be changed while the mock runs. An unknown or ill-typed key throws. */
class Setting<T> {
  readonly #schema: z.ZodType<T>;
  readonly #initial: T;
  #current: T;

  constructor(schema: z.ZodType<T>, base: T, patch: unknown) {
    this.#schema = schema;
    this.#initial = schema.parse(merge(base, patch));
    this.#current = this.#initial;
  }

  get current(): T {
    return this.#current;
  }

  change(patch: unknown): T {
    this.#current = this.#schema.parse(merge(this.#current, patch));
    return this.#current;
  }

  reset(): void {
    this.#current = this.#initial;
  }
}

/** Everything that can be turned while the mock runs; `reset` goes back to what it was started with. */
export class Settings {
  readonly #behaviour: Setting<Behaviour>;
  readonly #eventFaults: Setting<EventFaults>;

  constructor(behaviour: DeepPartial<Behaviour> = {}, eventFaults: Partial<EventFaults> = {}) {
    this.#behaviour = new Setting(behaviourSchema, defaultBehaviour, behaviour);
    this.#eventFaults = new Setting(eventFaultsSchema, noEventFaults, eventFaults);
  }

  get behaviour(): Behaviour {
    return this.#behaviour.current;
  }

  get eventFaults(): EventFaults {
    return this.#eventFaults.current;
  }

  changeBehaviour(patch: unknown): Behaviour {
    return this.#behaviour.change(patch);
  }

  changeEventFaults(patch: unknown): EventFaults {
    return this.#eventFaults.change(patch);
  }

  reset(): void {
    this.#behaviour.reset();
    this.#eventFaults.reset();
  }
}
