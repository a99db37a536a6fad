import type { Kysely, Selectable } from 'kysely';
import type { Database, ScheduledWorkTable } from '../engine/database.js';

/** A piece of work that happens once per period, on one node. */
export interface ScheduledWork {
  readonly name: string;
  readonly dueAt: Date;
  readonly lastRun: Date | null;
  /** What the last run did, for people. */
  readonly lastNote: string | null;
}

export interface ScheduledWorkStore {
  /** Makes the work known; one that is known keeps its time. */
  plan(name: string, dueAt: Date): Promise<void>;
  /**
   * True for exactly one node: due work moves to `until`, when it is tried again unless `ran` says otherwise. A due time after
   * `neverAfter` is from before the clock was set back, and counts as due.
   */
  claim(name: string, now: Date, until: Date, neverAfter?: Date): Promise<boolean>;
  /** Records a run, and when the next one is. */
  ran(
    name: string,
    run: { readonly at: Date; readonly note: string; readonly nextDueAt: Date },
  ): Promise<void>;
  list(): Promise<readonly ScheduledWork[]>;
}

/** Whose turn it is to do what happens once a day. */
export function createScheduledWorkStore(db: Kysely<Database>): ScheduledWorkStore {
  return {
    async plan(name, dueAt) {
      await db
        .insertInto('scheduled_work')
        .values({ name, due_at: dueAt })
        .onConflict((conflict) => conflict.column('name').doNothing())
        .execute();
    },

    async claim(name, now, until, neverAfter) {
      const row = await db
        .updateTable('scheduled_work')
        .set({ due_at: until })
        .where('name', '=', name)
        .where((row) =>
          neverAfter === undefined
            ? row('due_at', '<=', now)
            : row.or([row('due_at', '<=', now), row('due_at', '>', neverAfter)]),
        )
        .returning('name')
        .executeTakeFirst();
      return row !== undefined;
    },

    async ran(name, { at, note, nextDueAt }) {
      await db
        .updateTable('scheduled_work')
        .set({ last_run: at, last_note: note, due_at: nextDueAt })
        .where('name', '=', name)
        .execute();
    },

    async list() {
      const rows = await db.selectFrom('scheduled_work').selectAll().orderBy('name').execute();
      return rows.map(toScheduledWork);
    },
  };
}

const toScheduledWork = (row: Selectable<ScheduledWorkTable>): ScheduledWork => ({
  name: row.name,
  dueAt: row.due_at,
  lastRun: row.last_run,
  lastNote: row.last_note,
});
