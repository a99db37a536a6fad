import { until } from '@outdial/lab/server/until';
import type { Call } from '@outdial/protocol';
import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import { allowUnattendedSessions } from '../src/allow-unattended-sessions.js';
import { forcedNumber } from '../src/leads.js';
import { HOSTILE } from '../src/security/hostile-strings.js';
import {
  type Answer,
  type Installation,
  startInstallation,
  type TestUser,
} from '../src/security/installation.js';
import { sendRaw, statusOf } from '../src/security/raw-http.js';
import type { ApiDocument, Known } from '../src/security/walk-document.js';
import { stringFields } from '../src/security/walk-document.js';

const UNKNOWN_ID = '0191f000-0000-7000-8000-00000000dead';
const AT_ONCE = 8;

let installation: Installation;
/** A malicious admin; users with fewer permissions can do less. */
let mallory: TestUser;
beforeAll(async () => {
  installation = await startInstallation();
  mallory = await installation.addUser('admin', 'Mal Lory');
});
afterAll(() => installation?.close());

/** What an answer must never be, or hold, whatever was asked. */
function expectHarmless(answer: Answer, what: string): void {
  const { status, text, headers } = answer;
  expect(status, `${what}: ${text.slice(0, 500)}`).toBeLessThan(500);
  expect(text, what).not.toMatch(
    /\n\s+at |node_modules|syntax error at or near|pg_catalog|root:x:/,
  );
  expect(headers.get('x-injected'), what).toBeNull();
  expect(headers.get('content-type') ?? '', what).not.toMatch(/text\/html/);
}

/** The server is well, and found nothing that it did not expect. */
async function expectServerWell(): Promise<void> {
  const { server } = installation;
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  const errors = server.log().filter(({ level }) => level === 'error' || Number(level) >= 50);
  expect(errors.filter(({ msg }) => msg !== 'security alert')).toEqual([]);
}

const KEPT = [
  'leads',
  'queues',
  'queue_items',
  'queue_agents',
  'agents',
  'users',
  'sessions',
  'calls',
  'suppressions',
  'api_keys',
  'secrets',
  'audit_log',
] as const;
/** Tables that change when a user only reads or signs in. */
const PASSING = ['last_signed_in_at', 'last_used_at', 'presence', 'presence_since'];

/** Every row that people would miss, as text, by its table; rows with one of these ids are fair game. */
async function rowsOf(db: Kysely<never>, fairGame: readonly string[]): Promise<string[]> {
  const all: string[] = [];
  for (const table of KEPT) {
    const { rows } = await sql<{ row: Record<string, unknown> }>`
      select to_jsonb(t) as row from ${sql.table(table)} t`.execute(db);
    for (const { row } of rows) {
      for (const column of PASSING) delete row[column];
      const text = `${table} ${JSON.stringify(row)}`;
      if (!fairGame.some((id) => text.includes(id))) all.push(text);
    }
  }
  return all;
}

/** Things of each kind that may be spoilt. */
async function makeVictims(): Promise<{ ids: readonly string[]; known: Known }> {
  const { client } = installation.server;
  await allowUnattendedSessions(client);
  const { lead } = await client.leads.create({
    name: 'Fair Game',
    phone_number: forcedNumber('BUSY'),
  });
  const { queue } = await client.queues.create({ name: 'Fair game', lead_ids: [lead.id] });
  const { agent } = await client.agents.create({ name: 'Fair Game', email: 'fair@game.example' });
  const [item] = (await client.queueItems.list({ queue_id: queue.id })).items;
  const worker = await installation.addUser('agent', 'Fair Player');
  const session = await client.sessions.create({
    agent_id: agent.id,
    queue_id: queue.id,
    lines: 1,
  });
  const call = await until('there is a call', async () => {
    return (await client.history.list({ lead_id: lead.id })).calls[0];
  });
  const ids = {
    lead: lead.id,
    queue: queue.id,
    agent: agent.id,
    item: item?.id ?? '',
    user: worker.userId,
    usersAgent: worker.agentId,
    session: session.id,
    call: call.id,
    mallory: mallory.userId,
  };
  const byPath: readonly (readonly [RegExp, string])[] = [
    [/\/imports\//, UNKNOWN_ID],
    [/^\/api\/(leads|contacts)\//, ids.lead],
    [/^\/api\/queues\//, ids.queue],
    [/^\/api\/queue\//, ids.item],
    [/^\/api\/agents\//, ids.agent],
    [/^\/api\/users\//, ids.user],
    [/^\/api\/dialer\/sessions\//, ids.session],
    [/^\/api\/(calls|history)\//, ids.call],
  ];
  const byField: Readonly<Record<string, string>> = {
    lead_id: ids.lead,
    lead_ids: ids.lead,
    queue_id: ids.queue,
    agent_id: ids.agent,
    agent_ids: ids.agent,
    session_id: ids.session,
    call_ids: ids.call,
  };
  const config = await client.config.get();
  return {
    ids: Object.values(ids),
    known: {
      id: (path, name) =>
        byField[name] ?? byPath.find(([pattern]) => pattern.test(path))?.[1] ?? UNKNOWN_ID,
      body: (operation) =>
        operation === 'PUT /api/config'
          ? { version: config.version, settings: JSON.parse(JSON.stringify(config.settings)) }
          : undefined,
    },
  };
}

describe('hostile text in any field of the API', () => {
  test('hostile text in any field is refused or stored as text, and nothing else changes', async () => {
    const { server, db } = installation;
    const { ids, known } = await makeVictims();
    const before = await rowsOf(db as never, ids);
    expect(before.length).toBeGreaterThan(50);
    const document = (await (await fetch(`${server.url}/api/openapi.json`)).json()) as ApiDocument;
    const fields = stringFields(document, known);
    expect(fields.length).toBeGreaterThan(200);

    const requests = fields.flatMap((field) =>
      Object.entries(HOSTILE).map(([what, text]) => ({ field, what, text })),
    );
    const statuses: Record<number, number> = {};
    onTestFailed(() => console.error(`Of ${requests.length} requests:`, statuses));
    let next = 0;
    const attack = async (): Promise<void> => {
      for (let one = requests[next++]; one !== undefined; one = requests[next++]) {
        const { field, what, text } = one;
        const { method, path, headers, body } = field.filledWith(text);
        const sent = { 'x-agent-id': known.id('', 'agent_id'), ...headers };
        const where = `${field.operation}, ${field.field}: ${what}`;
        const answer =
          body instanceof FormData
            ? await sendForm(path, body, sent)
            : await mallory.request(
                method,
                path,
                body === undefined ? undefined : JSON.stringify(body),
                sent,
              );
        statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
        expectHarmless(answer, where);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, attack));

    await expectServerWell();
    const after = new Set(await rowsOf(db as never, []));
    expect(before.filter((row) => !after.has(row))).toEqual([]);
    // No user gained a permission.
    const { rows } = await sql<{ email: string }>`
      select email from users where role = 'admin' and created_at < now() order by email`.execute(
      db,
    );
    expect(rows.map(({ email }) => email)).toEqual(
      expect.arrayContaining(['first.admin@tests.example', mallory.email]),
    );
    // It got far enough to count: most was refused for what it was, and much was taken.
    expect(statuses[401] ?? 0, JSON.stringify(statuses)).toBeLessThan(requests.length / 10);
    expect((statuses[200] ?? 0) + (statuses[201] ?? 0)).toBeGreaterThan(requests.length / 20);
  }, 300_000);

  const sendForm = async (path: string, form: FormData, headers: Record<string, string>) => {
    const answer = await mallory.fetch(`${installation.server.url}${path}`, {
      method: 'POST',
      headers,
      body: form,
    });
    return {
      status: answer.status,
      headers: answer.headers,
      text: await answer.text(),
      body: undefined,
    };
  };

  test('accepted hostile text is returned unchanged', async () => {
    for (const [what, text] of Object.entries(HOSTILE)) {
      const made = await mallory.request('POST', '/api/leads', {
        name: text,
        phone_number: '+12025550143',
      });
      expectHarmless(made, what);
      if (made.status !== 201) continue;
      const { id } = made.body.lead as { id: string };
      const read = await mallory.request('GET', `/api/leads/${id}`);
      expect((read.body.lead ?? read.body).name, what).toBe(text.trim());
      expect((await mallory.request('DELETE', `/api/leads/${id}`)).status).toBe(204);
    }
  });

  test('hostile text is no formula in the exported spreadsheet: each cell is text', async () => {
    const { client } = installation.server;
    const formulas = [
      "=cmd|' /C calc'!A0",
      '+1+1',
      '-2+3',
      '@SUM(1;1)',
      '\t=1+1',
      '=HYPERLINK("http://evil.example","x")',
      '"=1+1"',
      '＝1+1',
    ];
    const leadIds: string[] = [];
    for (const [index, formula] of formulas.entries()) {
      const { lead } = await client.leads.create({
        name: `${formula} ${index}`,
        company: formula,
        phone_number: forcedNumber('NO_ANSWER', index),
      });
      leadIds.push(lead.id);
    }
    const [agent] = (await client.agents.list()).agents;
    await allowUnattendedSessions(client);
    const session = await client.sessions.create({
      agent_id: agent?.id ?? '',
      lead_ids: leadIds,
      lines: 5,
      after_connect: 'continue',
    });
    const calls = await until('every lead was called', async () => {
      const all: Call[] = (await client.history.list({ session_id: session.id, limit: 50 })).calls;
      return all.length === formulas.length && all;
    });
    for (const [index, { id }] of calls.entries()) {
      await client.calls.setDisposition(id, {
        disposition: 'No Answer',
        notes: formulas[index] ?? '',
      });
    }
    const exported = await installation.server.admin.request('GET', '/api/history/export.csv');
    expect(exported.status).toBe(200);
    expect(exported.headers.get('content-disposition')).toMatch(/^attachment/);
    const cells = cellsOf(await exported.text());
    expect(cells.length).toBeGreaterThan(50);
    expect(cells.filter((cell) => /cmd\|/.test(cell)).length).toBeGreaterThan(0);
    // A number with its sign is a number everywhere.
    const dangerous = cells.filter(
      (cell) =>
        /^[\s\u00a0]*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r]/.test(cell) && !/^[+-]\d+$/.test(cell),
    );
    expect(dangerous).toEqual([]);
  });
});

/** RFC 4180. */
function cellsOf(csv: string): string[] {
  const cells = csv
    .replace(/^\ufeff/, '')
    .matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(?:,|\r?\n|$)/g);
  return [...cells].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '');
}

describe('a body that is too large, or is not what it says', () => {
  const MiB = 1024 * 1024;
  const lead = '{"name": "Ada", "phone_number": "+12025550143"';
  const BODIES: Readonly<
    Record<
      string,
      { text: string | Uint8Array<ArrayBuffer>; type?: string; status: readonly number[] }
    >
  > = {
    'two megabytes of JSON': { text: `${lead}, "notes": "${'A'.repeat(2 * MiB)}"}`, status: [413] },
    'a hundred thousand brackets': { text: '['.repeat(100_000), status: [400] },
    'a hundred thousand objects in each other': {
      text: `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
      status: [400],
    },
    'half of a JSON text': { text: lead, status: [400] },
    'a prototype': { text: `${lead}, "__proto__": {"role": "admin"}}`, status: [400] },
    'the prototype of a constructor': {
      text: `${lead}, "constructor": {"prototype": {"role": "admin"}}}`,
      status: [400],
    },
    nothing: { text: '', status: [400] },
    'the word null': { text: 'null', status: [400] },
    'a list': { text: `[${lead}}]`, status: [400] },
    'a number': { text: '1e999', status: [400] },
    'numbers that are none': { text: '{"name": NaN}', status: [400] },
    'bytes that are no text': {
      text: new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
      status: [400],
    },
    XML: {
      text: '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
      type: 'application/xml',
      status: [415],
    },
    'a form of another kind': {
      text: 'name=Ada&phone_number=%2B12025550143',
      type: 'application/x-www-form-urlencoded',
      status: [415],
    },
    'a form without an end': {
      text: '--b\r\ncontent-disposition: form-data; name="file"; filename="x.csv"\r\n\r\nName',
      type: 'multipart/form-data; boundary=b',
      status: [400, 415],
    },
  };

  test('a body that is too large or of the wrong type is refused with the reason', async () => {
    for (const [what, { text, type = 'application/json', status }] of Object.entries(BODIES)) {
      const answer = await mallory.fetch(`${installation.server.url}/api/leads`, {
        method: 'POST',
        headers: { 'content-type': type },
        body: text,
      });
      expect(status, `${what}: ${answer.status} ${await answer.text()}`).toContain(answer.status);
    }
    await expectServerWell();
  });

  test('a file that is too large is refused, and an unreadable file only has rows with errors', async () => {
    const upload = async (content: string | Uint8Array<ArrayBuffer>, name = 'leads.csv') => {
      const form = new FormData();
      form.set('default_country', 'US');
      form.set('file', new Blob([content]), name);
      const answer = await mallory.fetch(`${installation.server.url}/api/imports`, {
        method: 'POST',
        body: form,
      });
      return { status: answer.status, text: await answer.text() };
    };
    const row = 'Ada,+12025550143\n';
    const tooLarge = await upload(`Name,Phone\n${row.repeat(Math.ceil((200 * MiB) / row.length))}`);
    expect(tooLarge.status, tooLarge.text.slice(0, 200)).toBe(413);
    for (const content of [
      `Name,Phone\n"Ada,+12025550143${'\n'.repeat(1_000)}`,
      `Name,Phone\n${'A'.repeat(3 * MiB)},+12025550143\n`,
      `Name,Phone\n${','.repeat(MiB)}\n`,
      `${'Name,'.repeat(20_000)}Phone\n`,
      'Name,Phone\nA\u0000da,+12025550143\n',
      new Uint8Array([0x50, 0x4b, 3, 4, 0xff, 0xfe, 0, 0]),
      '__proto__,constructor,Phone\nx,y,+12025550143\n',
    ]) {
      const answer = await upload(content, '../../../../tmp/leads.csv');
      expect(answer.status, answer.text.slice(0, 200)).toBeLessThan(500);
      expect(answer.text).not.toMatch(/\n\s+at |node_modules/);
    }
    await until('every import is over', async () => {
      const { text } = await mallory.request('GET', '/api/imports?limit=50');
      return !/"state":"(PENDING|RUNNING|QUEUED)"/.test(text);
    });
    await expectServerWell();
  });

  test('a large body without a sign-in is not read', async () => {
    const { port } = installation.server;
    const head = [
      'POST /api/imports HTTP/1.1',
      'host: 127.0.0.1',
      'content-type: multipart/form-data; boundary=b',
      'content-length: 10000000000',
      'connection: close',
      '',
      '--b\r\n',
    ].join('\r\n');
    expect(statusOf(await sendRaw(port, head))).toBe(401);
  });
});

describe('a request that is no HTTP, or two in one', () => {
  const host = 'host: 127.0.0.1\r\n';
  const REQUESTS: Readonly<Record<string, string>> = {
    'a greeting of another protocol': 'SSH-2.0-OpenSSH_9.2\r\n\r\n',
    'a TLS greeting': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    'a header within a header': `GET /api/leads HTTP/1.1\r\n${host}x-agent-id: a\rx-injected: yes\r\n\r\n`,
    'a NUL in a header': `GET /api/leads HTTP/1.1\r\n${host}authorization: Bearer a\0b\r\n\r\n`,
    'a NUL in the path': `GET /api/leads/\0 HTTP/1.1\r\n${host}\r\n`,
    'a hundred kilobytes of headers': `GET /healthz HTTP/1.1\r\n${host}x: ${'A'.repeat(100_000)}\r\n\r\n`,
    'three thousand headers': `GET /healthz HTTP/1.1\r\n${host}${'x: y\r\n'.repeat(3_000)}\r\n`,
    'two lengths': `POST /api/auth/login HTTP/1.1\r\n${host}content-length: 2\r\ncontent-length: 40\r\n\r\n{}GET /api/users HTTP/1.1\r\n\r\n`,
    'a length and chunks': `POST /api/auth/login HTTP/1.1\r\n${host}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /api/users HTTP/1.1\r\n${host}\r\n`,
    'a length below nothing': `POST /api/auth/login HTTP/1.1\r\n${host}content-length: -1\r\n\r\n{}`,
    'a chunk of no size': `POST /api/auth/login HTTP/1.1\r\n${host}transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
    'a path out of the folder': `GET /assets/../../../../../../etc/passwd HTTP/1.1\r\n${host}connection: close\r\n\r\n`,
    'an escaped path out of the folder': `GET /..%2f..%2f..%2f..%2f..%2fetc%2fpasswd HTTP/1.1\r\n${host}connection: close\r\n\r\n`,
    'an escape that is none': `GET /api/leads/%zz HTTP/1.1\r\n${host}connection: close\r\n\r\n`,
    'the address of another host': `GET http://evil.example/api/leads HTTP/1.1\r\n${host}connection: close\r\n\r\n`,
    'a tunnel': `CONNECT 127.0.0.1:5432 HTTP/1.1\r\n${host}\r\n`,
    'an unknown method': `BREW /api/leads HTTP/1.1\r\n${host}\r\n`,
    'a trace of the headers': `TRACE / HTTP/1.1\r\n${host}authorization: Bearer secret-of-mine\r\nconnection: close\r\n\r\n`,
  };

  test('an invalid or smuggled HTTP request is refused or disconnected, and not served', async () => {
    const { port } = installation.server;
    for (const [what, bytes] of Object.entries(REQUESTS)) {
      const answer = await sendRaw(port, Buffer.from(bytes, 'latin1'));
      const status = statusOf(answer);
      expect(status === null || status < 500 || status === 501, `${what}: ${answer}`).toBe(true);
      expect(answer, what).not.toMatch(/x-injected|root:x:|secret-of-mine|"users":|\n\s+at /i);
      // One request, one answer.
      expect(answer.match(/^HTTP\/1\.1 /gm)?.length ?? 0, `${what}: ${answer}`).toBeLessThanOrEqual(
        1,
      );
    }
    await expectServerWell();
  });
});
