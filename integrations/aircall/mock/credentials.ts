import { timingSafeEqual } from 'node:crypto';

export interface Credentials {
  readonly apiId: string;
  readonly apiToken: string;
  readonly bearer: string;
}

export const defaultCredentials: Credentials = {
  apiId: 'mock-id',
  apiToken: 'mock-token',
  bearer: 'mock-bearer',
};

/** Reference 1.1 and 1.2: no header at all is the edge's 401, a wrong credential is 403. */
export function judgeAuthorization(
  header: string | undefined,
  credentials: Credentials,
): 'ok' | 'missing' | 'wrong' {
  if (!header) return 'missing';
  const [scheme = '', value = ''] = header.split(' ', 2);
  if (scheme.toLowerCase() === 'bearer') return same(value, credentials.bearer) ? 'ok' : 'wrong';
  if (scheme.toLowerCase() !== 'basic') return 'wrong';
  const expected = Buffer.from(`${credentials.apiId}:${credentials.apiToken}`).toString('base64');
  return same(value, expected) ? 'ok' : 'wrong';
}

function same(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}
