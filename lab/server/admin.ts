import { type Client, type ClientOptions, createClient } from '@outdial/client';
import { type Person, personAt } from '@outdial/testing/sign-in';

/** The first admin of a server, or of what stands in front of several. */
export interface Admin extends Person {
  readonly url: string;
  /** Asks for a path of this server. */
  request(method: string, path: string, body?: unknown): Promise<Response>;
  /** Acts for the agent who is named, else for the first one: an admin takes no calls. */
  client(options?: Omit<ClientOptions, 'baseUrl' | 'fetch'>): Client;
}

export function adminOf(url: string): Admin {
  const person = personAt(url);
  let firstAgent: Promise<string> | undefined;

  async function readFirstAgent(): Promise<string> {
    const answer = await person.fetch(`${url}/api/agents?limit=1`);
    if (!answer.ok) throw new Error(`The agents are not told: ${answer.status}.`);
    const { agents } = (await answer.json()) as { agents: { id: string }[] };
    const [first] = agents;
    if (first === undefined) throw new Error('There is no agent to act for.');
    return first.id;
  }

  /** Always the same one, as the beginning of the list of agents does not change; looked for anew only where that failed. */
  function theFirstAgent(): Promise<string> {
    if (firstAgent === undefined) {
      firstAgent = readFirstAgent();
      firstAgent.catch(() => {
        firstAgent = undefined;
      });
    }
    return firstAgent;
  }

  const forTheFirstAgent: typeof globalThis.fetch = async (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set('x-agent-id', await theFirstAgent());
    return person.fetch(input, { ...init, headers });
  };

  return {
    ...person,
    url,
    request: (method, path, body) =>
      person.fetch(`${url}${path}`, {
        method,
        ...(body !== undefined && {
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      }),
    client: (options = {}) =>
      createClient({
        ...options,
        baseUrl: url,
        fetch: options.agentId === undefined ? forTheFirstAgent : person.fetch,
      }),
  };
}
