import {
  type CreateUser,
  Message,
  type PatchUser,
  User,
  UserList,
  type UserListQuery,
  UserResult,
} from '@outdial/protocol';
import type { Filters, Sent } from '../bodies.js';
import type { Request } from '../request.js';

/** Everybody’s accounts, for admins. */
export const users = (request: Request) => ({
  list: (query: Filters<Sent<typeof UserListQuery>> = {}, signal?: AbortSignal) =>
    request('GET', '/api/users', UserList, { query, signal }),
  get: (id: string, signal?: AbortSignal) => request('GET', `/api/users/${id}`, User, { signal }),
  /** Without a password one is made up, and answered this once. */
  create: (body: Sent<typeof CreateUser>) => request('POST', '/api/users', UserResult, { body }),
  update: (id: string, body: Sent<typeof PatchUser>) =>
    request('PATCH', `/api/users/${id}`, UserResult, { body }),
  /** Makes up a password, answers it this once, and ends every sign-in of this person. */
  resetPassword: (id: string) => request('POST', `/api/users/${id}/password`, UserResult),
  signOut: (id: string) => request('POST', `/api/users/${id}/sign-out`, Message),
  removeSecondFactor: (id: string) => request('DELETE', `/api/users/${id}/second-factor`, Message),
});
