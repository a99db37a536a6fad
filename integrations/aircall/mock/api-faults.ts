import { z } from 'zod';
import type { Chance } from './chance.js';

/**
 * One way in which the API misbehaves. `executed` says whether the order was carried out all the same:
 *
 * - `status`: answers with this status. Executed: the work is done and the answer is lost behind an error.
 * - `garbage`: answers 200 with something that is not JSON.
 * - `never`: no answer, the connection stays open. `cut`: the connection is closed without an answer.
 * - `late`: the right answer, after a delay. Executed: the work was done immediately; not executed: it is done only then,
 *   when the asker may have given up long ago.
 */
export const apiFaultSchema = z.strictObject({
  /** `*` for every verb. */
  method: z.string().default('*'),
  /** A path with `*` for any part of it, as in `/v1/users/*` or `/v1/users/:id/calls` (a route as declared). */
  path: z.string(),
  mode: z.enum(['status', 'garbage', 'never', 'cut', 'late']),
  status: z.number().int().min(400).max(599).default(500),
  executed: z.boolean().default(false),
  delaySeconds: z.number().min(0).default(10),
  /** How often it strikes; unlimited when missing. */
  count: z.number().int().positive().optional(),
  percent: z.number().min(0).max(100).default(100),
});

export type ApiFaultInput = z.input<typeof apiFaultSchema>;
export interface ApiFault extends z.output<typeof apiFaultSchema> {
  readonly id: number;
  struck: number;
}

export class ApiFaults {
  #faults: ApiFault[] = [];
  #nextId = 1;

  constructor(private readonly chance: Chance) {}

  add(input: unknown): ApiFault {
    const fault = { ...apiFaultSchema.parse(input), id: this.#nextId++, struck: 0 };
    this.#faults.push(fault);
    return fault;
  }

  all(): readonly ApiFault[] {
    return this.#faults;
  }

  remove(id: number): boolean {
    const before = this.#faults.length;
    this.#faults = this.#faults.filter((fault) => fault.id !== id);
    return this.#faults.length < before;
  }

  reset(): void {
    this.#faults = [];
  }

  /** The first fault that strikes this request, counted as struck. */
  strike(request: {
    method: string;
    path: string;
    route: string | undefined;
  }): ApiFault | undefined {
    const fault = this.#faults.find(
      (candidate) =>
        (candidate.method === '*' || candidate.method.toUpperCase() === request.method) &&
        (candidate.count === undefined || candidate.struck < candidate.count) &&
        (candidate.path === request.route || matches(candidate.path, request.path)) &&
        this.chance.percent(candidate.percent),
    );
    if (fault) fault.struck++;
    return fault;
  }
}

function matches(pattern: string, path: string): boolean {
  const literal = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`).test(path);
}
