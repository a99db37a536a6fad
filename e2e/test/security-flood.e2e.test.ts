import { agentsOf, sessionOf } from '@outdial/lab/faults/begin-work';
import { AT_ONCE } from '@outdial/lab/server/small-queue';
import { until } from '@outdial/lab/server/until';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  ask,
  type Installation,
  startInstallation,
  type TestUser,
} from '../src/security/installation.js';
import { floodSignIn } from '../src/security/sign-in-flood.js';

const ATTEMPTS = 10_000;
const ADDRESSES = 40;
const AGENTS = 20;
const LEADS = 900;

let installation: Installation;
let victim: TestUser;
beforeAll(async () => {
  installation = await startInstallation({ TRUST_PROXY: '127.0.0.1' });
  victim = await installation.addUser('supervisor', 'Vic Tim');
});
afterAll(() => installation?.close());

/** Common passwords, none of which is right. */
const GUESSES = ['password1234', 'letmein12345', 'qwertyuiop12', 'Outdial2026!', 'summer2026!!'];

test('ten thousand guessed passwords do not sign in, and dialing is not affected', async () => {
  const { server, db } = installation;
  const { client } = server;
  const queueId = await queueForAWhile();
  for (const agentId of await agentsOf(client, AGENTS))
    await sessionOf(client, agentId, queueId, 2);
  const called = async (): Promise<number> => (await client.stats.get()).totals.attempted;
  await until('the dialer is at work', async () => (await called()) > AGENTS);
  const callsBefore = await called();
  // Signed in before it all begins.
  expect((await victim.request('GET', '/api/auth/me')).status).toBe(200);

  let over = false;
  const flooding = floodSignIn({
    port: server.port,
    attempts: ATTEMPTS,
    addresses: ADDRESSES,
    // One account from everywhere, the others one after the other, and many that do not exist.
    attempt: (n) => ({
      email:
        n % 2 === 0
          ? victim.email
          : n % 4 === 1
            ? `person.${n}@office.example`
            : `agent-${n % AGENTS}@outdial.example`,
      password: `${GUESSES[n % GUESSES.length]}${n}`,
    }),
  }).finally(() => {
    over = true;
  });
  // Meanwhile those who are in work on as ever.
  const served: Record<number, number> = {};
  const working = until(
    'the flood is over',
    async () => {
      const { status } = await victim.request('GET', '/api/agents');
      served[status] = (served[status] ?? 0) + 1;
      return over;
    },
    { timeoutMs: 170_000, intervalMs: 100 },
  );
  const [{ answers, tokens, retryAfter }] = await Promise.all([flooding, working]);

  // Wrong, or not now; nothing else, and no word about which of them exists.
  expect(tokens).toBe(0);
  expect(Object.keys(answers).filter((answer) => !/^401 |^429 /.test(answer))).toEqual([]);
  expect(Object.values(answers).reduce((sum, count) => sum + count, 0)).toBe(ATTEMPTS);
  const hashed = answers['401 invalid_credentials'] ?? 0;
  expect(hashed, JSON.stringify(answers)).toBeLessThan(ATTEMPTS / 4);
  expect([...retryAfter].filter((seconds) => seconds === null || !(seconds > 0))).toEqual([]);

  expect(Object.keys(served)).toEqual(['200']);
  expect(await called()).toBeGreaterThan(callsBefore);
  const running = await client.sessions.list({ status: 'RUNNING', limit: 50 });
  expect(running.total + (await client.sessions.list({ status: 'STOPPED', limit: 50 })).total).toBe(
    AGENTS,
  );

  // Its owner comes in where they signed in before; from anywhere else the account has to wait, also with the right password.
  const body = { email: victim.email, password: victim.password };
  const login = `${server.url}/api/auth/login`;
  const fromElsewhere = { 'x-forwarded-for': '198.18.7.7' };
  const known = await ask(fetch, login, 'POST', body);
  expect(known.status, known.text).toBe(200);
  // One more wrong guess, as the delay that the flood left may have passed by now: from here on the account waits for sure.
  const guess = { ...body, password: 'one more wrong guess' };
  const guessed = await ask(fetch, login, 'POST', guess, { 'x-forwarded-for': '198.18.7.8' });
  expect([401, 429], guessed.text).toContain(guessed.status);
  const locked = await ask(fetch, login, 'POST', body, fromElsewhere);
  expect(locked.status, locked.text).toBe(429);
  const seconds = Number(locked.headers.get('retry-after'));
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThanOrEqual(60 * 60);
  // So much time passes.
  await sql`
    update sign_in_failures set
      last_failed_at = last_failed_at - make_interval(secs => ${seconds}::integer),
      locked_until = locked_until - make_interval(secs => ${seconds}::integer)`.execute(db);
  const inAgain = await ask(fetch, login, 'POST', body, fromElsewhere);
  expect(inAgain.status, inAgain.text).toBe(200);

  // The operator gets an alert, and not ten thousand of them.
  const alerts = server.log().filter(({ msg }) => msg === 'security alert');
  expect(alerts.map(({ kind }) => kind)).toContain('many_failed_sign_ins');
  expect(alerts.length).toBeLessThan(20);
  const { rows } = await sql<{ failed: number }>`
    select count(*)::integer as failed from audit_log where action = 'sign_in_failed'`.execute(db);
  expect(rows[0]?.failed).toBeGreaterThan(0);
}, 1_200_000);

/** A queue that lasts as long as the flood: unanswered leads are called again immediately. */
async function queueForAWhile(): Promise<string> {
  const { client } = installation.server;
  const { queue } = await client.queues.create({
    name: 'All day long',
    settings: {
      ...AT_ONCE,
      retry_rules: {
        NO_ANSWER: { delay_seconds: 1, tries: 50 },
        BUSY: { delay_seconds: 1, tries: 50 },
        VOICEMAIL: { delay_seconds: 1, tries: 50 },
      },
    },
  });
  const rows = Array.from(
    { length: LEADS },
    (_, index) => `Lead ${index},+44113496${String(index).padStart(4, '0')}`,
  );
  const { import: started } = await client.imports.start(
    { content: new Blob([`Full name,Phone\n${rows.join('\n')}\n`]), name: 'leads.csv' },
    { queue_id: queue.id, default_country: 'GB' },
  );
  await until('the leads are there', async () => {
    return (await client.imports.get(started.id)).state === 'DONE';
  });
  return queue.id;
}
