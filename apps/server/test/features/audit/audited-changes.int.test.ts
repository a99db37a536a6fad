import {
  createAuditLogStore,
  createQueueStore,
  createSuppressionStore,
  migrate,
  type OpenDatabase,
  openDatabase,
} from '@outdial/postgres';
import { createTestDatabase, type TestDatabase } from '@outdial/testing/services';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../src/access/audit-trail.js';
import { createChain } from '../../../src/audit/chain.js';
import { type Changes, createChanges } from '../../../src/audit/changes.js';
import { createAuditTrail } from '../../../src/audit/create-audit-trail.js';
import { personHashes } from '../../../src/secrets/person-hashes.js';

const clock = { now: () => new Date('2026-11-20T15:00:00.000Z') };
const KEY = new Uint8Array(32).fill(3);
const BY: Pick<AuditEvent, 'actor'> = { actor: { kind: 'system', id: null, name: 'system' } };

describe.each(['PGlite', 'PostgreSQL'] as const)('a change with an audit entry, on %s', (kind) => {
  let database: OpenDatabase;
  let server: TestDatabase | undefined;
  let changes: Changes;

  beforeAll(async () => {
    server = kind === 'PostgreSQL' ? await createTestDatabase() : undefined;
    database = await openDatabase(server ? { url: server.url } : { dataDir: ':memory:' });
    await migrate(database.db);
    await createAuditLogStore(database.db).begin(createChain(KEY));
    const log = { error: () => undefined };
    const audit = createAuditTrail(database.db, { clock, key: KEY, log });
    changes = createChanges(database.db, { audit, hashes: personHashes(KEY), clock });
  });
  afterAll(async () => {
    await database.close();
    await server?.drop();
  });

  const addQueue = (name: string, after: () => void = () => undefined) =>
    changes.run(async (stores, record) => {
      const id = uuidv7();
      const answer = await stores.queues.create({ id, name }, clock.now());
      if (answer.kind === 'name_taken') return answer.kind;
      record({ ...BY, action: 'queue_changed', target: { kind: 'queue', id } });
      after();
      return id;
    });
  const suppress = (phone: string) =>
    changes.run(async (stores, record) => {
      await stores.suppressions.add([{ phone, reason: 'asked', source: 'person' }], clock.now());
      record({ ...BY, action: 'suppression_added', target: { kind: 'phone_number', id: phone } });
    });
  const entries = async () =>
    (await sql<{ target: string }>`select target_id as target from audit_log`.execute(database.db))
      .rows.length;
  const isThere = async (name: string) =>
    (await createQueueStore(database.db).findByName(name)) !== null;

  it('the change and its entry are both there', async () => {
    const before = await entries();
    await addQueue('Both');
    expect(await isThere('Both')).toBe(true);
    expect(await entries()).toBe(before + 1);
  });

  it('nothing is changed when the database does not take the entry', async () => {
    await sql`
      create function refuse_entry() returns trigger language plpgsql
      as $$ begin raise exception 'The disk is full.'; end $$`.execute(database.db);
    await sql`create trigger refuse_entries before insert on audit_log
      execute function refuse_entry()`.execute(database.db);
    try {
      await expect(addQueue('Unrecorded')).rejects.toMatchObject({ code: 'not_recorded' });
      await expect(suppress('+12025550123')).rejects.toMatchObject({ code: 'not_recorded' });
    } finally {
      await sql`drop trigger refuse_entries on audit_log`.execute(database.db);
    }
    expect(await isThere('Unrecorded')).toBe(false);
    expect(await createSuppressionStore(database.db).get('+12025550123')).toBeNull();
    await suppress('+12025550123');
    expect(await createSuppressionStore(database.db).get('+12025550123')).not.toBeNull();
  });

  it('what ends before the commit leaves neither the change nor the entry', async () => {
    const before = await entries();
    const dies = () => {
      throw new Error('The process was killed.');
    };
    await expect(addQueue('Half', dies)).rejects.toThrow('The process was killed.');
    expect(await isThere('Half')).toBe(false);
    expect(await entries()).toBe(before);
  });

  it('a refused change leaves no entry', async () => {
    const before = await entries();
    expect(await addQueue('Both')).toBe('name_taken');
    expect(await entries()).toBe(before);
  });

  it('many changes at once each have their entry, in one unbroken chain', async () => {
    const before = await entries();
    await Promise.all(Array.from({ length: 30 }, (_, at) => addQueue(`At once ${at}`)));
    expect(await entries()).toBe(before + 30);
    const { rows } = await sql<{ broken: number }>`
      select count(*)::integer as broken from audit_log entry join audit_log earlier
      on earlier.seq = entry.seq - 1 where entry.prev_hash <> earlier.hash`.execute(database.db);
    expect(rows[0]?.broken).toBe(0);
  });
});
