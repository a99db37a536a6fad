import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { embedded, type MigratedDatabase } from './migrated-database.js';

describe('the embedded database', () => {
  let database: MigratedDatabase;
  beforeAll(async () => {
    database = await embedded();
  });
  afterAll(() => database?.close());

  it('the embedded database leaves people’s requests their turn while jobs keep it busy', async () => {
    const { db } = database.opened;
    const statements = 2_000;
    let done = 0;
    let doneWhenTimerRang = statements;
    setTimeout(() => {
      doneWhenTimerRang = done;
    }, 1);
    // Each begins as soon as the one before is answered: the database is the only wait.
    for (; done < statements; done += 1) await sql`select ${done}::integer as n`.execute(db);
    expect(doneWhenTimerRang).toBeLessThan(statements);
  });

  it('the embedded database goes on after a statement that it refused, inside a transaction and outside', async () => {
    const { db } = database.opened;
    await expect(sql`select 1 / ${0}::integer`.execute(db)).rejects.toMatchObject({
      code: '22012',
    });
    await expect(
      db.transaction().execute(async (tx) => {
        await sql`insert into scheduled_work (name, due_at) values (${'tried'}, now())`.execute(tx);
        await sql`select 1 / ${0}::integer`.execute(tx);
      }),
    ).rejects.toMatchObject({ code: '22012' });
    const { rows } = await sql`select name from scheduled_work`.execute(db);
    expect(rows).toEqual([]);
  });
});
