import type { Clock } from '@outdial/core';
import type { Kysely } from 'kysely';
import type { CrmFaults } from './faults.js';
import type { MockCrmTables } from './tables.js';

/** What goes wrong on every node that has this database. */
export type SharedFaults = Required<Pick<CrmFaults, 'down' | 'failRate' | 'loseAnswerRate'>>;

/** Every node sees another node's change within this time. */
const LOOK_AGAIN_AFTER_MS = 1_000;
const NONE: SharedFaults = { down: false, failRate: 0, loseAnswerRate: 0 };

/** Stored in one row, so that faults apply on all nodes and survive restarts until an admin resets them. */
export function createSharedFaults(
  db: Kysely<MockCrmTables>,
  clock: Clock,
): {
  set(faults: CrmFaults): Promise<void>;
  read(): Promise<SharedFaults>;
  /** As read a second ago at most. */
  recent(): Promise<SharedFaults>;
} {
  let known: { readonly faults: SharedFaults; readonly readAt: number } | null = null;
  /** How often this process set them: a read that began before may end after. */
  let timesSet = 0;
  const remember = (faults: SharedFaults): SharedFaults => {
    known = { faults, readAt: clock.now().getTime() };
    return faults;
  };

  async function read(): Promise<SharedFaults> {
    const timesSetBefore = timesSet;
    const row = await db
      .selectFrom('mock_crm_faults')
      .select(['down', 'fail_rate as failRate', 'lose_answer_rate as loseAnswerRate'])
      .executeTakeFirst();
    return known !== null && timesSet !== timesSetBefore ? known.faults : remember(row ?? NONE);
  }

  return {
    read,
    recent: async () =>
      known !== null && clock.now().getTime() - known.readAt < LOOK_AGAIN_AFTER_MS
        ? known.faults
        : read(),
    async set({ down = false, failRate = 0, loseAnswerRate = 0 }) {
      const row = { down, fail_rate: failRate, lose_answer_rate: loseAnswerRate };
      await db
        .insertInto('mock_crm_faults')
        .values({ only_row: true, ...row })
        .onConflict((conflict) => conflict.column('only_row').doUpdateSet(row))
        .execute();
      timesSet += 1;
      remember({ down, failRate, loseAnswerRate });
    },
  };
}
