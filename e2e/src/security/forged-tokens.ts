import { createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import type { Database } from '@outdial/postgres';
import { ACCOUNTS_ENV } from '@outdial/testing/sign-in';
import { type Kysely, sql } from 'kysely';

interface Parts {
  readonly header: Record<string, unknown>;
  readonly payload: Record<string, unknown>;
}

const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url');
const decode = (part: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;

function partsOf(token: string): Parts {
  const [header = '', payload = ''] = token.split('.');
  return { header: decode(header), payload: decode(payload) };
}

function signed({ header, payload }: Parts, key: Uint8Array | string, hash = 'sha256'): string {
  const text = `${encode(header)}.${encode(payload)}`;
  return `${text}.${createHmac(hash, key).update(text).digest('base64url')}`;
}

/**
 * The key that the server signs access tokens with, which an attacker with both the database and SECRET_KEY can get. Read
 * here by hand, so that the server's own code has no say in what is tried against it.
 */
export async function signingKey(db: Kysely<Database>): Promise<Buffer> {
  const name = 'internal.access_tokens';
  const { rows } = await sql<{ sealed: string }>`
    select sealed from secrets where name = ${name}`.execute(db);
  const [, , iv = '', text = ''] = (rows[0]?.sealed ?? '').split('.');
  const bytes = Buffer.from(text, 'base64url');
  const key = Buffer.from(hkdfSync('sha256', ACCOUNTS_ENV.SECRET_KEY, '', 'outdial secrets', 32));
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64url'));
  decipher.setAAD(Buffer.from(name));
  decipher.setAuthTag(bytes.subarray(-16));
  const opened = Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]);
  return Buffer.from(opened.toString(), 'base64url');
}

export interface Loot {
  /** An agent's, which is good. */
  readonly token: string;
  /** The server's own. */
  readonly key: Uint8Array;
  /** A user with more permissions. */
  readonly adminId: string;
  /** Their token, for its sign-in. */
  readonly adminToken: string;
}

/** The same token, made again with the server's key: it must be taken, or the forged ones below prove nothing. */
export const copied = ({ token, key }: Loot): string => signed(partsOf(token), key);

const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

/** Tokens that look right and are not, by what is wrong with them. */
export const FORGERIES: Readonly<Record<string, (loot: Loot) => string>> = {
  'says that it is the admin’s, under the old signature': ({ token, adminId }) => {
    const { header, payload } = partsOf(token);
    return `${encode(header)}.${encode({ ...payload, sub: adminId })}.${token.split('.')[2]}`;
  },
  'has one character of its signature changed': ({ token }) => {
    const at = token.length - 10;
    return `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
  },
  'has lost its signature': ({ token }) => token.split('.').slice(0, 2).join('.'),
  'has an empty signature': ({ token }) => `${token.split('.').slice(0, 2).join('.')}.`,
  'says alg: none, and is not signed': ({ token }) =>
    `${encode({ alg: 'none', typ: 'JWT' })}.${encode(partsOf(token).payload)}.`,
  'says alg: nOnE, and is not signed': ({ token }) =>
    `${encode({ alg: 'nOnE', typ: 'JWT' })}.${encode(partsOf(token).payload)}.`,
  'says alg: none, under the old signature': ({ token }) =>
    `${encode({ alg: 'none' })}.${encode(partsOf(token).payload)}.${token.split('.')[2]}`,
  'says no algorithm at all': ({ token, key }) =>
    signed({ header: { typ: 'JWT' }, payload: partsOf(token).payload }, key),
  'is signed with a common key': ({ token }) => signed(partsOf(token), 'secret'),
  'is signed with an empty key': ({ token }) => signed(partsOf(token), ''),
  'is signed with SECRET_KEY itself': ({ token }) =>
    signed(partsOf(token), ACCOUNTS_ENV.SECRET_KEY),
  'is signed with another algorithm of the family': ({ token, key }) =>
    signed({ ...partsOf(token), header: { alg: 'HS512', typ: 'JWT' } }, key, 'sha512'),
  'says RS256, and is signed with HS256': ({ token, key }) =>
    signed({ ...partsOf(token), header: { alg: 'RS256', typ: 'JWT' } }, key),
  'brings its own key': ({ token }) => {
    const k = Buffer.from('a key of the guest').toString('base64url');
    const header = { alg: 'HS256', typ: 'JWT', jwk: { kty: 'oct', k } };
    return signed({ ...partsOf(token), header }, 'a key of the guest');
  },
  'names a file as its key': ({ token }) => {
    const header = { alg: 'HS256', typ: 'JWT', kid: '../../../../dev/null' };
    return signed({ ...partsOf(token), header }, '');
  },
  'is for another audience': (loot) => claiming(loot, { aud: 'another-api' }),
  'is for no audience': (loot) => claiming(loot, { aud: undefined }),
  'is by another issuer': (loot) => claiming(loot, { iss: 'another issuer' }),
  'has expired': (loot) => claiming(loot, { iat: inSeconds(-4_000), exp: inSeconds(-3_400) }),
  'never expires': (loot) => claiming(loot, { exp: undefined }),
  'expires in words': (loot) => claiming(loot, { exp: 'never' }),
  'counts from tomorrow on': (loot) => claiming(loot, { nbf: inSeconds(86_400) }),
  'has no subject': (loot) => claiming(loot, { sub: undefined }),
  'is about a user who does not exist': (loot) =>
    claiming(loot, { sub: '0191f000-0000-7000-8000-00000000dead' }),
  'is about an SQL statement': (loot) => claiming(loot, { sub: "' or role = 'admin' --" }),
  'is about the admin, in the agent’s sign-in': (loot) => claiming(loot, { sub: loot.adminId }),
  'is about the agent, in the admin’s sign-in': (loot) =>
    claiming(loot, { sid: partsOf(loot.adminToken).payload.sid }),
  'belongs to no sign-in': (loot) => claiming(loot, { sid: undefined }),
  'is no token': () => 'hello',
  'is empty': () => '',
  'is very long': () => `${'A'.repeat(8_000)}.A.A`,
};

/** Signed with the server's own key, so that this claim alone is wrong. */
function claiming({ token, key }: Loot, claims: Record<string, unknown>): string {
  const { header, payload } = partsOf(token);
  return signed({ header, payload: { ...payload, ...claims } }, key);
}
