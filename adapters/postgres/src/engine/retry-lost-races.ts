import { setTimeout as sleep } from 'node:timers/promises';

/** What was decided no longer fits what is there: look again, decide again. */
export class Outdated extends Error {
  constructor() {
    super('The rows changed between reading and writing.');
    this.name = 'Outdated';
  }
}

const ATTEMPTS = 50;

const LOST_RACES = new Set([
  // Claims that lost a race for a lead to a claim in another queue.
  'calls_one_live_per_phone',
  'calls_one_live_per_item',
  'queue_items_one_claim_per_lead',
  // A step of an import that lost one for a number; it sees the winner's lead the next time (`insertNewLeads`).
  'leads_phone',
]);

/**
 * Runs `work` again when the database or the store says that it came at the wrong moment. Every attempt that loses means that
 * another one won, so it ends; the bound is there for a mistake that looks like a lost race.
 */
export async function retryLostRaces<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS || !cameAtTheWrongMoment(error)) throw error;
    }
    // Two nodes that keep meeting get out of step.
    if (attempt > 2) await sleep(Math.random() * Math.min(attempt * 2, 20));
  }
}

function cameAtTheWrongMoment(error: unknown): boolean {
  if (error instanceof Outdated) return true;
  const { code, constraint } = databaseError(error);
  // 40001 serialization failure, 40P01 deadlock.
  return (
    code === '40001' ||
    code === '40P01' ||
    (code === '23505' && constraint !== undefined && LOST_RACES.has(constraint))
  );
}

/** Both drivers' errors carry PostgreSQL's fields. */
export function databaseError(error: unknown): { code?: string; constraint?: string } {
  if (!(error instanceof Error)) return {};
  const { code, constraint } = error as Error & { code?: unknown; constraint?: unknown };
  return {
    ...(typeof code === 'string' && { code }),
    ...(typeof constraint === 'string' && { constraint }),
  };
}
