import { createDownload, createRequest, type RequestConfig, type TokenSource } from './request.js';
import { agents } from './resources/agents.js';
import { apiKeys } from './resources/api-keys.js';
import { audit } from './resources/audit.js';
import { auth } from './resources/auth.js';
import { calls } from './resources/calls.js';
import { config } from './resources/config.js';
import { credentials } from './resources/credentials.js';
import { crm } from './resources/crm.js';
import { dialer } from './resources/dialer.js';
import { history } from './resources/history.js';
import { imports } from './resources/imports.js';
import { leads } from './resources/leads.js';
import { operations } from './resources/operations.js';
import { people } from './resources/people.js';
import { providerEvents } from './resources/provider-events.js';
import { queueItems } from './resources/queue-items.js';
import { queues } from './resources/queues.js';
import { sessions } from './resources/sessions.js';
import { stats } from './resources/stats.js';
import { suppressions } from './resources/suppressions.js';
import { users } from './resources/users.js';

export interface ClientOptions {
  /** Where the server is, such as `http://127.0.0.1:3000`; a path prefix may follow. */
  readonly baseUrl: string;
  /** Acts as this agent; left out: as the server decides. */
  readonly agentId?: string | undefined;
  /**
   * What is shown as `Authorization: Bearer`: an API key as it is, or where to get a token, which is asked before every request
   * and, with the refused one, once more after a 401 (see `signIn` and `createTokenKeeper`). Left out: nothing is shown.
   */
  readonly token?: string | TokenSource | undefined;
  readonly fetch?: typeof globalThis.fetch;
  /**
   * Checks every answer against the protocol and fails on a difference. For development and tests; in production a
   * field that a newer server added or widened must not break a screen, so it is off unless asked for.
   */
  readonly checkAnswers?: boolean;
}

/** Every request of the API, by resource. Fails with `ApiError`, `NetworkError` or, with `checkAnswers`, `UnexpectedAnswerError`. */
export function createClient(options: ClientOptions) {
  const { token = null } = options;
  const requestConfig = {
    baseUrl: options.baseUrl,
    agentId: options.agentId,
    token: typeof token === 'function' ? token : () => token,
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    checkAnswers: options.checkAnswers ?? false,
  } satisfies RequestConfig;
  const request = createRequest(requestConfig);
  return {
    auth: auth(request),
    users: users(request),
    apiKeys: apiKeys(request),
    audit: audit(request),
    credentials: credentials(request),
    people: people(request),
    leads: leads(request),
    imports: imports(request),
    queues: queues(request),
    queueItems: queueItems(request),
    suppressions: suppressions(request),
    dialer: dialer(request),
    sessions: sessions(request),
    calls: calls(request),
    history: history(request, createDownload(requestConfig), options.baseUrl),
    stats: stats(request),
    agents: agents(request),
    config: config(request),
    crm: crm(request),
    providerEvents: providerEvents(request),
    operations: operations(request),
  };
}

export type Client = ReturnType<typeof createClient>;
