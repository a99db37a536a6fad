import { ApiError, type Client, createClient, createLive } from '@outdial/client';
import { command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { table } from '../output.js';

interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'problem' | 'skipped';
  readonly detail: string;
}

const LIVE_WITHIN_MS = 10_000;

export const doctor = command({
  words: 'doctor',
  summary: 'Checks the way to the server, the server, the sign-in and the live events',
  details:
    'The exit code is 8 where something is wrong. On the server itself, `npm run doctor` checks its configuration too.',
  async run({ client, output, token, url }) {
    const findings: Finding[] = [...(await checkServer(url))];
    const reachable = findings.every(({ state }) => state === 'ok');
    const signIn: Finding = reachable
      ? await checkSignIn(client)
      : { check: 'sign-in', state: 'skipped', detail: 'The server does not answer as it should.' };
    findings.push(signIn);
    findings.push(
      signIn.state === 'ok'
        ? await checkLive(url, token)
        : { check: 'live events', state: 'skipped', detail: 'They need a sign-in or an API key.' },
    );
    const ok = findings.every(({ state }) => state === 'ok');
    output.result({ url, ok, findings }, () =>
      table(
        ['CHECK', 'STATE', 'DETAIL'],
        findings.map(({ check, state, detail }) => [check, state, detail]),
      ),
    );
    return ok ? EXIT.done : EXIT.findings;
  },
});

async function checkServer(url: string): Promise<readonly Finding[]> {
  const { server } = createClient({ baseUrl: url });
  const began = performance.now();
  try {
    await server.health();
  } catch (error) {
    return [{ check: 'server', state: 'problem', detail: `${url}: ${sentenceOf(error)}` }];
  }
  const tookMs = Math.round(performance.now() - began);
  const reached: Finding = {
    check: 'server',
    state: 'ok',
    detail: `${url} answers in ${tookMs} ms`,
  };
  const readiness = await readReadiness(url);
  if (typeof readiness === 'string') {
    return [reached, { check: 'readiness', state: 'problem', detail: readiness }];
  }
  const { version, status, dependencies } = readiness;
  return [
    reached,
    {
      check: 'readiness',
      state: status === 'ready' ? 'ok' : 'problem',
      detail: `version ${version}, ${status}`,
    },
    ...Object.entries(dependencies).map(
      ([name, dependency]): Finding => ({
        check: name,
        state: dependency.status === 'ok' ? 'ok' : 'problem',
        detail: dependency.detail ?? dependency.status,
      }),
    ),
  ];
}

/** The one answer that has the same shape with status 503, so it is not read with the client's methods. */
async function readReadiness(url: string) {
  try {
    const answer = await fetch(`${url}/readyz`);
    return (await answer.json()) as Awaited<ReturnType<Client['server']['readiness']>>;
  } catch (error) {
    return sentenceOf(error);
  }
}

async function checkSignIn(client: () => Promise<Client>): Promise<Finding> {
  try {
    const { user, permissions } = await (await client()).auth.me();
    const detail = `${user.name} (${user.role}), ${permissions.length} permissions`;
    return { check: 'sign-in', state: 'ok', detail };
  } catch (error) {
    // A key is no person: it is known, and kept out of what is about a person.
    if (error instanceof ApiError && error.code === 'forbidden') {
      return { check: 'sign-in', state: 'ok', detail: 'The API key is accepted.' };
    }
    return { check: 'sign-in', state: 'problem', detail: sentenceOf(error) };
  }
}

function checkLive(url: string, token: () => Promise<string>): Promise<Finding> {
  return new Promise((resolve) => {
    const end = (state: Finding['state'], detail: string) => {
      clearTimeout(timer);
      live.close();
      resolve({ check: 'live events', state, detail });
    };
    const timer = setTimeout(
      () =>
        end('problem', 'No connection within 10 s. A proxy must let WebSockets through at /live.'),
      LIVE_WITHIN_MS,
    );
    const live = createLive({
      baseUrl: url,
      token,
      onEvent: () => undefined,
      onHello: () => end('ok', 'connected'),
      onState: (state) => {
        if (state === 'refused') end('problem', 'The server does not accept the token.');
      },
    });
  });
}

const sentenceOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
