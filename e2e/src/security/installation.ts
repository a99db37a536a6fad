import { type Client, createClient } from '@outdial/client';
import {
  createOutdialServer,
  type Environment,
  type OutdialServer,
} from '@outdial/lab/server/outdial-server';
import { type Database, openDatabase } from '@outdial/postgres';
import type { Role, UserResult } from '@outdial/protocol';
import { createTestDatabase } from '@outdial/testing/services';
import { type Person, personAt } from '@outdial/testing/sign-in';
import type { Kysely } from 'kysely';

/** A response, read completely. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: asserted field by field; undefined where the body is no JSON.
  readonly body: any;
}

/** A signed-in user. */
export interface TestUser extends Person {
  readonly email: string;
  readonly password: string;
  readonly userId: string;
  /** Empty for a user who takes no calls. */
  readonly agentId: string;
  readonly client: Client;
  request(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>;
}

/** A server with its own PostgreSQL database, to which users of all roles can be added. */
export interface Installation {
  readonly server: OutdialServer;
  readonly databaseUrl: string;
  /** A direct connection to the database, as its superuser. */
  readonly db: Kysely<Database>;
  addUser(role: Role, name: string): Promise<TestUser>;
  close(): Promise<void>;
}

export async function startInstallation(
  env: Environment | ((url: string) => Environment) = {},
): Promise<Installation> {
  const database = await createTestDatabase();
  const server = await createOutdialServer({
    env: (url) => ({
      DATABASE_URL: database.url,
      API_REQUESTS_PER_MINUTE: '0',
      SIMULATOR_SPEED: '20',
      ...(typeof env === 'function' ? env(url) : env),
    }),
  });
  await server.start();
  const { db, close } = await openDatabase({ url: database.url, poolSize: 2 });
  return {
    server,
    databaseUrl: database.url,
    db,
    addUser: (role, name) => addUser(server, role, name),
    async close() {
      await close();
      await server.dispose();
      await database.drop();
    },
  };
}

/** Adds a user like an admin does: with a first password, which the user then changes. */
async function addUser(server: OutdialServer, role: Role, name: string): Promise<TestUser> {
  const email = `${name.toLowerCase().replaceAll(/\W+/g, '.')}@office.example`;
  const first = 'seven herons over the harbour';
  const added = await server.admin.request('POST', '/api/users', {
    email,
    name,
    role,
    password: first,
  });
  const text = await added.text();
  if (added.status !== 201) throw new Error(`${name} could not be added: ${added.status} ${text}`);
  const { user } = JSON.parse(text) as UserResult;
  let password = first;
  if (user.must_change_password) {
    password = 'nine lanterns under the bridge';
    const before = personAt(server.url, { email, password: first });
    const changed = await before.fetch(`${server.url}/api/auth/password`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ current_password: first, new_password: password }),
    });
    if (!changed.ok) throw new Error(`${name} keeps the first password: ${await changed.text()}`);
  }
  const person = personAt(server.url, { email, password });
  return {
    ...person,
    email,
    password,
    userId: user.id,
    agentId: user.agent_id ?? '',
    client: createClient({ baseUrl: server.url, fetch: person.fetch, checkAnswers: true }),
    request: (method, path, body, headers = {}) =>
      ask(person.fetch, `${server.url}${path}`, method, body, headers),
  };
}

/** Sends a request with an optional JSON body, and returns any response. */
export async function ask(
  fetch: typeof globalThis.fetch,
  url: string,
  method: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const answer = await fetch(url, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    parsed = undefined;
  }
  return { status: answer.status, headers: answer.headers, text, body: parsed };
}
