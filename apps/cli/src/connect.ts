import { type Client, createClient, type TokenSource } from '@outdial/client';
import { NotSignedInError } from './exit-codes.js';
import { findAgent } from './find-by-name.js';
import { signInFile } from './sign-in-file.js';
import { storedToken } from './stored-token.js';

export interface ConnectOptions {
  readonly url: string;
  readonly apiKey: string | undefined;
  /** The agent to act for, by name or id. */
  readonly agent: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Connection {
  client(): Promise<Client>;
  token(): Promise<string>;
}

/** Acts with the API key where there is one, else with the stored sign-in. Asks nothing of the server until it is used. */
export function connect({ url, apiKey, agent, env }: ConnectOptions): Connection {
  const key = apiKey ?? env.OUTDIAL_API_KEY;
  const source: TokenSource =
    key !== undefined && key !== '' ? () => key : storedToken(signInFile(env), url).token;
  const token = async (refused?: string): Promise<string> => {
    const known = await source(refused);
    if (known !== null) return known;
    throw new NotSignedInError(
      `You are not signed in at ${url}. Run \`outdial sign-in\`, or set OUTDIAL_API_KEY.`,
    );
  };
  return {
    token: () => token(),
    async client() {
      const options = { baseUrl: url, token };
      const plain = createClient(options);
      if (agent === undefined) return plain;
      return createClient({ ...options, agentId: (await findAgent(plain, agent)).id });
    },
  };
}
