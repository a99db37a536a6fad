import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// From start to call: a server answers, lets an admin in, shows its page, and makes a simulated call to its end. For trying a runtime
// (`npm test` with another Node.js) and an image (ops/try-image.sh), with nothing but built-in imports.
//
//   node scripts/smoke.mjs <node binary>                         starts the built server with it
//   ADMIN_EMAIL=… ADMIN_PASSWORD=… node scripts/smoke.mjs <url>   uses a server that runs

const STARTS_WITHIN_MS = 120_000;
const CALL_ENDS_WITHIN_MS = 120_000;
const ASK_EVERY_MS = 500;

/** Throws a sentence about what did not happen; resolves to the call that was made. */
export async function makeCall(url, { email, password }) {
  await until(STARTS_WITHIN_MS, `${url}/readyz is ready`, async () => {
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    return answer?.ok === true;
  });
  const page = await fetch(`${url}/`);
  const html = await page.text();
  const [, script = ''] = /<script[^>]+src="([^"]+)"/.exec(html) ?? [];
  if (script === '') throw new Error(`The web app is not there: ${html.slice(0, 200)}`);
  const asset = await fetch(`${url}${script}`, { headers: { 'accept-encoding': 'br' } });
  if (asset.headers.get('content-encoding') !== 'br') {
    throw new Error(`${script} is not compressed: ${asset.status}`);
  }
  await asset.arrayBuffer();

  const { access_token: token } = await ask(url, 'POST', '/api/auth/login', { email, password });
  const as = (method, path, body) => ask(url, method, path, body, token);
  const unique = randomBytes(4).toString('hex');
  const { agent } = await as('POST', '/api/agents', {
    name: `Smoke ${unique}`,
    email: `smoke-${unique}@example.com`,
  });
  // Of the numbers that are kept for fiction, 555-0100 to 0199.
  const last = 100 + (Number.parseInt(unique.slice(0, 4), 16) % 100);
  const { lead } = await as('POST', '/api/leads', {
    name: `Smoke ${unique}`,
    phone_number: `+1202555${String(last).padStart(4, '0')}`,
  });
  // No agent sits at a screen here, so the queue is one that may be worked unattended.
  const { queue } = await as('POST', '/api/queues', {
    name: `Smoke ${unique}`,
    settings: { pause_when_away_seconds: 0 },
    lead_ids: [lead.id],
  });
  const session = await as('POST', '/api/dialer/sessions', {
    agent_id: agent.id,
    queue_id: queue.id,
    lines: 1,
    after_connect: 'stop',
  });
  let ended;
  let seen;
  await until(CALL_ENDS_WITHIN_MS, 'a simulated call has ended', async () => {
    seen = await as('GET', `/api/dialer/sessions/${session.id}`);
    const { calls } = seen;
    const live = calls.find(({ state }) => state === 'IN_PROGRESS');
    // A person answered, and talks for as long as they like.
    if (live) await as('POST', `/api/calls/${live.id}/hangup`).catch(() => undefined);
    ended = calls.find(({ outcome }) => outcome !== null);
    return ended !== undefined;
  }).catch((error) => {
    error.message += ` The session: ${JSON.stringify(seen)}`;
    throw error;
  });
  return ended;
}

async function ask(url, method, path, body, token) {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
  return JSON.parse(text);
}

async function until(withinMs, what, look) {
  const deadline = performance.now() + withinMs;
  while (!(await look())) {
    if (performance.now() > deadline) throw new Error(`Waited ${withinMs / 1000} s until ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
}

/** Starts the built server with a Node.js of its own in a folder of its own; resolves to the call and how the server ended. */
export async function smokeTest(node) {
  const dataDir = await mkdtemp(join(tmpdir(), 'outdial-smoke-'));
  const port = await freePort();
  const admin = { email: 'smoke@example.com', password: randomBytes(18).toString('base64url') };
  const server = spawn(node, ['--enable-source-maps', 'apps/server/dist/main.js'], {
    cwd: new URL('..', import.meta.url),
    env: {
      PATH: process.env.PATH,
      PORT: String(port),
      DATA_DIR: dataDir,
      ADMIN_EMAIL: admin.email,
      ADMIN_PASSWORD: admin.password,
      NODE_ENV: 'production',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [server.stdout, server.stderr]) {
    stream.on('data', (chunk) => {
      log += chunk;
    });
  }
  const exit = new Promise((resolve) => server.once('exit', (code) => resolve(code)));
  const died = exit.then((code) => {
    throw new Error(`The server ended with ${code} before the call did.`);
  });
  died.catch(() => undefined);
  try {
    const call = await Promise.race([makeCall(`http://127.0.0.1:${port}`, admin), died]);
    server.kill('SIGTERM');
    const code = await exit;
    if (code !== 0) throw new Error(`The server ended with ${code} after SIGTERM.`);
    return { call, log };
  } catch (error) {
    error.message += `\nIts log:\n${log.slice(-4_000)}`;
    throw error;
  } finally {
    server.kill('SIGKILL');
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [what = process.execPath] = process.argv.slice(2);
  const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = process.env;
  const call = /^https?:/.test(what)
    ? await makeCall(what.replace(/\/$/, ''), { email, password })
    : (await smokeTest(what)).call;
  console.log(`A simulated call was made and ended: ${call.outcome}.`);
}
