import { InboxFull, type NewProviderEvent, type ProviderInbox } from '@outdial/core';
import { minutesAfter, NOON, newId } from '@outdial/testing/contracts/store-world';
import { type Kysely, sql } from 'kysely';
import { expect, it } from 'vitest';
import { createInboxViews, createProviderInbox, type Database } from '../src/index.js';
import { onEachDatabase } from './on-each-database.js';

const anEvent = (more: Partial<NewProviderEvent> = {}): NewProviderEvent => ({
  id: newId(),
  provider: 'aircall',
  dedupeKey: newId(),
  callKey: null,
  payload: { event: 'call.answered' },
  receivedAt: NOON,
  ignoredBecause: null,
  ...more,
});

const events = (count: number): NewProviderEvent[] =>
  Array.from({ length: count }, () => anEvent());

/** Counts what goes to the database. */
function counting(db: Kysely<Database>) {
  let count = 0;
  const counted = db.withPlugin({
    transformQuery({ node }) {
      count += 1;
      return node;
    },
    transformResult: async ({ result }) => result,
  });
  return { counted, statements: () => count };
}

const storeAll = (inbox: ProviderInbox, all: readonly NewProviderEvent[]) =>
  Promise.allSettled(all.map((event) => inbox.store(event)));

onEachDatabase('a burst of provider events', (db, kind) => {
  const kept = async () =>
    (await db().selectFrom('provider_events').select('id').execute()).map(({ id }) => id).sort();

  it('is stored in a few statements, looked at without any, and what is nothing for us settled in a few', async () => {
    const { counted, statements } = counting(db());
    const inbox = createProviderInbox(counted);
    const burst = events(401);
    await Promise.all(burst.map((event) => inbox.store(event)));
    // 200 at a time.
    expect(statements()).toBe(3);
    expect(await kept()).toHaveLength(401);
    for (const { id } of burst) await inbox.find(id);
    expect(statements()).toBe(3);
    await Promise.all(burst.map(({ id }) => inbox.settle([id], 'IGNORED', 'not ours')));
    expect(statements()).toBe(6);
    const ignored = await createInboxViews(db()).list({ state: 'IGNORED' }, { limit: 1 });
    expect(ignored.total).toBe(401);
  });

  it('a batch loses only the event that the database rejects, and its sender gets the error', async () => {
    await sql`alter table provider_events add constraint no_poison check (provider <> 'poison')`.execute(
      db(),
    );
    try {
      const burst = events(50);
      const poisoned = anEvent({ provider: 'poison' });
      const all = [...burst.slice(0, 20), poisoned, ...burst.slice(20)];
      const answers = await storeAll(createProviderInbox(db()), all);
      expect(answers.map(({ status }) => status)).toEqual(
        all.map((event) => (event === poisoned ? 'rejected' : 'fulfilled')),
      );
      expect(await kept()).toEqual(burst.map(({ id }) => id).sort());
    } finally {
      await sql`alter table provider_events drop constraint no_poison`.execute(db());
    }
  });

  it('is refused beyond what may wait, and that which waits is stored', async () => {
    const inbox = createProviderInbox(db(), { waitingAtMost: { events: 30, characters: 1_000 } });
    const burst = events(40);
    const answers = await storeAll(inbox, burst);
    const stored = burst.filter((_, index) => answers[index]?.status === 'fulfilled');
    expect(stored).toHaveLength(30);
    for (const answer of answers) {
      if (answer.status === 'rejected') expect(answer.reason).toBeInstanceOf(InboxFull);
    }
    expect(await kept()).toEqual(stored.map(({ id }) => id).sort());

    const large = Array.from({ length: 5 }, () => anEvent({ payload: 'x'.repeat(300) }));
    const statuses = (await storeAll(inbox, large)).map(({ status }) => status);
    expect(statuses).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected']);
    // There is room again.
    expect(await inbox.store(anEvent())).toBe('stored');
  });

  // The embedded database has one connection, so a second one cannot hold a lock there.
  if (kind === 'PostgreSQL') {
    it('an event waits while the database is slow, and is acknowledged only once it is stored', async () => {
      const inbox = createProviderInbox(db());
      let answered = 0;
      const burst = events(20);
      let storing: Promise<unknown> = Promise.resolve();
      await db()
        .transaction()
        .execute(async (transaction) => {
          await sql`lock table provider_events in share mode`.execute(transaction);
          storing = Promise.all(
            burst.map(async (event) => {
              await inbox.store(event);
              answered += 1;
            }),
          );
          const waitsForTheLock = async () => {
            const { rows } = await sql<{ waits: boolean }>`
              select exists (
                select from pg_locks where relation = 'provider_events'::regclass and not granted
              ) as waits`.execute(transaction);
            return rows[0]?.waits;
          };
          while (!(await waitsForTheLock()));
          expect(answered).toBe(0);
        });
      await storing;
      expect(await kept()).toHaveLength(20);
    });
  }

  it('that failed is replayed whole, in one statement', async () => {
    const inbox = createProviderInbox(db());
    const burst = events(12);
    await Promise.all(burst.map((event) => inbox.store(event)));
    const failed = burst.slice(0, 10);
    for (const { id } of failed) await inbox.failed(id, 'not to be read', null);
    const { counted, statements } = counting(db());
    const views = createInboxViews(counted);
    const now = minutesAfter(5);
    expect(await views.replayAll(now, 3)).toEqual({
      count: 10,
      first: failed.slice(0, 3).map(({ id }) => id),
    });
    expect(statements()).toBe(1);
    const again = await createInboxViews(db()).list({ state: 'PENDING' }, { limit: 50 });
    expect(again.rows.filter(({ attempts }) => attempts === 0)).toHaveLength(12);
    expect(await views.replayAll(now, 3)).toEqual({ count: 0, first: [] });
  });
});
