import { type Client, createClient } from '@outdial/client';
import { type Database, openDatabase } from '@outdial/postgres';
import type { Role, UserResult } from '@outdial/protocol';
import { createTestDatabase } from '@outdial/testing/services';
import { type Person, personAt } from '@outdial/testing/sign-in';
import type { Kysely } from 'kysely';
import { createOutdialServer, type Environment, type OutdialServer } from '../outdial-server.js';

/** What came back, read whole. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: asserted field by field; undefined where the body is no JSON.
  readonly body: any;
}

/** Somebody with an account, signed in. */
export interface Worker extends Person {
  readonly email: string;
  readonly password: string;
  readonly userId: string;
  /** Empty for those who take no calls. */
  readonly agentId: string;
  readonly client: Client;
  request(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>;
}

/** A server on a PostgreSQL of its own, where people with all three roles work. */
export interface Office {
  readonly server: OutdialServer;
  readonly databaseUrl: string;
  /** Past the server, as its superuser. */
  readonly db: Kysely<Database>;
  hire(role: Role, name: string): Promise<Worker>;
  close(): Promise<void>;
}

export async function openOffice(
  env: Environment | ((url: string) => Environment) = {},
): Promise<Office> {
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
    hire: (role, name) => hire(server, role, name),
    async close() {
      await close();
      await server.dispose();
      await database.drop();
    },
  };
}

/** As an admin does it: a first password from them, then one of the person's own. */
async function hire(server: OutdialServer, role: Role, name: string): Promise<Worker> {
  const email = `${name.toLowerCase().replaceAll(/\W+/g, '.')}@office.example`;
  const first = 'seven herons over the harbour';
  const hired = await server.admin.request('POST', '/api/users', {
    email,
    name,
    role,
    password: first,
  });
  const text = await hired.text();
  if (hired.status !== 201) throw new Error(`${name} could not be hired: ${hired.status} ${text}`);
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

/** A request with a JSON body, if any, and its answer, whatever it is. */
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
