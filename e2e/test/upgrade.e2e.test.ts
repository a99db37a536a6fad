import { readFile } from 'node:fs/promises';
import { type Client, createClient } from '@outdial/client';
import { createOutdialServer, type OutdialServer } from '@outdial/lab/server/outdial-server';
import { createTestDatabase, runSql, type TestDatabase } from '@outdial/testing/services';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const FIXTURE = new URL('../fixtures/first-release/', import.meta.url);
/** Sealed the fixture's own keys; it opens nothing else. */
const SECRET_KEY = '0123456789abcdef'.repeat(4);
const ADMIN = { email: 'admin@outdial.example', password: 'A long passphrase for the fixture 27' };

interface Read {
  readonly calls: readonly Record<string, unknown>[];
  readonly queues: readonly { readonly id: string; readonly name: string }[];
  readonly sessions: readonly Record<string, unknown>[];
}

let database: TestDatabase;
let server: OutdialServer;
let client: Client;
let then: Read;

beforeAll(async () => {
  then = JSON.parse(await readFile(new URL('read.json', FIXTURE), 'utf8')) as Read;
  database = await createTestDatabase();
  await runSql(database.url, await readFile(new URL('database.sql', FIXTURE), 'utf8'));
  server = await createOutdialServer({ env: { DATABASE_URL: database.url, SECRET_KEY } });
  await server.start();
  const anonymous = createClient({ baseUrl: server.url });
  const { access_token } = await anonymous.auth.login(ADMIN);
  client = createClient({ baseUrl: server.url, token: access_token, checkAnswers: true });
});
afterAll(async () => {
  await server?.dispose();
  await database?.drop();
});

describe('upgrade from a database of the first release', () => {
  it('the history is the same after the upgrade, call by call', async () => {
    const calls: Record<string, unknown>[] = [];
    let cursor: string | undefined;
    do {
      const page = await client.history.list({ limit: 50, ...(cursor && { cursor }) });
      calls.push(...page.calls);
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
    expect(calls.map((call, index) => only(call, then.calls[index] ?? {}))).toEqual(then.calls);
  });

  it('sessions keep their metrics after the upgrade', async () => {
    const { sessions } = await client.sessions.list({ limit: 50 });
    expect(sessions.map((session, index) => only(session, then.sessions[index] ?? {}))).toEqual(
      then.sessions,
    );
  });

  it('queues keep their names after the upgrade', async () => {
    const { queues } = await client.queues.list({ limit: 50 });
    expect(queues.map(({ id, name }) => ({ id, name }))).toEqual(
      then.queues.map(({ id, name }) => ({ id, name })),
    );
  });

  it('suppressed numbers stay suppressed after the upgrade', async () => {
    const { suppressions } = await client.suppressions.list({ limit: 50 });
    expect(suppressions.map(({ phone_number }) => phone_number)).toContain('+12025550107');
  });
});

/** The fields of `now` that were read then; newer ones do not count. */
const only = (now: object, before: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.keys(before).map((key) => [key, (now as Record<string, unknown>)[key]]),
  );
