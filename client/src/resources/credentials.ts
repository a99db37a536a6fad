import {
  CredentialList,
  type CredentialName,
  CredentialResult,
  type SetCredential,
} from '@outdial/protocol';
import type { Sent } from '../bodies.js';
import type { Request } from '../request.js';

/** What providers and the CRM know us by. What was set is never told again. */
export const credentials = (request: Request) => ({
  list: (signal?: AbortSignal) => request('GET', '/api/credentials', CredentialList, { signal }),
  set: (name: CredentialName, body: Sent<typeof SetCredential>) =>
    request('PUT', `/api/credentials/${name}`, CredentialResult, { body }),
  remove: (name: CredentialName) => request('DELETE', `/api/credentials/${name}`, CredentialResult),
});
