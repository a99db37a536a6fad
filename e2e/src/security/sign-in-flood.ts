import { Agent, request } from 'node:http';

export interface Flood {
  readonly port: number;
  readonly attempts: number;
  /** The number of client addresses, all on this machine, each with two concurrent connections. */
  readonly addresses: number;
  /** The account and the password of the nth attempt. */
  attempt(n: number): { readonly email: string; readonly password: string };
}

export interface FloodResult {
  /** How often each answer came: `401 invalid_credentials`. */
  readonly answers: Readonly<Record<string, number>>;
  /** Tokens in answers: there must be none. */
  readonly tokens: number;
  /** Of the refusals for now, what `Retry-After` said; null: nothing. */
  readonly retryAfter: ReadonlySet<number | null>;
}

const AT_ONCE_PER_ADDRESS = 2;

/**
 * So many attempts to sign in, as quickly as they are answered, to this machine only (all of 127.0.0.0/8 is: RFC 1122, 3.2.1.3),
 * and then it is over.
 */
export async function floodSignIn(flood: Flood): Promise<FloodResult> {
  const answers: Record<string, number> = {};
  const retryAfter = new Set<number | null>();
  let tokens = 0;
  let next = 0;

  async function guess(agent: Agent): Promise<void> {
    for (let n = next++; n < flood.attempts; n = next++) {
      const { status, headers, text } = await post(flood.port, agent, flood.attempt(n));
      const code = /"code":"(\w+)"/.exec(text)?.[1] ?? 'no code';
      const answer = `${status} ${code}`;
      answers[answer] = (answers[answer] ?? 0) + 1;
      if (/access_token|refresh_token/.test(text) || headers['set-cookie'] !== undefined)
        tokens += 1;
      if (status === 429) {
        const seconds = headers['retry-after'];
        retryAfter.add(seconds === undefined ? null : Number(seconds));
      }
    }
  }

  const guessers = Array.from({ length: flood.addresses }, (_, index) => {
    const localAddress = `127.0.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`;
    const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE_PER_ADDRESS, localAddress });
    const guessing = Promise.all(Array.from({ length: AT_ONCE_PER_ADDRESS }, () => guess(agent)));
    return guessing.finally(() => agent.destroy());
  });
  await Promise.all(guessers);
  return { answers, tokens, retryAfter };
}

function post(
  port: number,
  agent: Agent,
  body: object,
): Promise<{
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  text: string;
}> {
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host: '127.0.0.1',
      port,
      agent,
      method: 'POST',
      path: '/api/auth/login',
      headers: { 'content-type': 'application/json' },
    });
    outgoing.once('error', reject);
    outgoing.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.once('error', reject);
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    outgoing.end(JSON.stringify(body));
  });
}
