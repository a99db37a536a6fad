import { isIP } from 'node:net';
import type { CarrierManifest } from '@outdial/kit';
import { z } from 'zod';
import { CARRIERS, findCarrier } from '../integrations/find-integration.js';
import {
  connectionFromEnvironment,
  type EnvironmentConnection,
} from './environment-connections.js';

/**
 * What the environment says, read once. Two steps: the environment as it is (strings), then this, typed,
 * grouped and frozen. All problems are reported together, in words, before anything starts.
 */
export interface Config {
  readonly http: {
    readonly port: number;
    readonly host: string;
    /** Where the outside world reaches us; null: only this machine. */
    readonly publicUrl: string | null;
    /** Addresses and networks of the proxies in front, whose `X-Forwarded-For` counts; empty: none. */
    readonly trustProxy: readonly string[];
    /** API requests that one client address may make in a minute; 0: any number. */
    readonly requestsPerMinute: number;
    /** API requests that one account or API key may make in a minute, from wherever; 0: any number. */
    readonly accountRequestsPerMinute: number;
    /** Sign-ins that one client address may try in a minute; 0: any number. */
    readonly signInsPerMinute: number;
    /** Other sites whose pages may use the API. */
    readonly corsOrigins: readonly string[];
  };
  /** Seals secrets in the database; null: the embedded database keeps one in its data directory. */
  readonly secretKey: string | null;
  /** Older ones, with which secrets may still be sealed. */
  readonly previousSecretKeys: readonly string[];
  /** The admin that the first start creates; null: it makes up a password and shows it once. */
  readonly firstAdmin: { readonly email: string; readonly password: string } | null;
  /** `api` serves people and webhooks, `worker` does the work that comes of it; the only node of an installation does both. */
  readonly role: Role;
  readonly database:
    | { readonly kind: 'embedded'; readonly dataDir: string }
    | { readonly kind: 'server'; readonly url: string };
  /** What several nodes share; null: this node is the only one. */
  readonly redis: { readonly url: string } | null;
  readonly telephony: {
    /** The integration on whose connection sessions run by default (TELEPHONY); null: it is not set. */
    readonly default: string | null;
    /** No connection that rings real phones is opened, whatever the database holds: for a copy of an installation. */
    readonly practiceOnly: boolean;
    /** What the environment connects: TELEPHONY's integration, and Practice. */
    readonly connections: readonly EnvironmentConnection[];
  };
  /** Where traces go, over OTLP/HTTP; null: none are made. */
  readonly tracing: { readonly endpoint: string } | null;
  readonly logLevel: LogLevel;
}

export const ROLES = ['both', 'api', 'worker'] as const;
export type Role = (typeof ROLES)[number];

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export type ConfigRead =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly string[] };

/** An empty variable counts as absent: that is what a line `NAME=` in an env file means. */
const trimmed = (value: unknown): unknown =>
  typeof value === 'string' ? value.trim() || undefined : value;
const optional = <T extends z.ZodType>(type: T) => z.preprocess(trimmed, type.optional());

const text = () => optional(z.string());
const url = (protocol: RegExp, example: string) =>
  optional(z.url({ protocol, error: `must be a URL such as ${example}` }));
const whole = (from: number, to: number) => {
  const error = `must be a whole number from ${from} to ${to}`;
  return optional(z.coerce.number(error).int(error).min(from, error).max(to, error));
};
/**
 * 32 characters of `openssl rand -hex 32` hold 128 bits, which is enough for AES-256's purpose here. Nothing is stretched, so it must
 * be random: a key of a few different characters is none. 32 random hexadecimal digits have fewer than 8 once in 10^8 times.
 */
const secret = () =>
  optional(
    z
      .string()
      .min(32, 'must have at least 32 characters: openssl rand -hex 32')
      .refine(
        (key) =>
          // A key that is too short has its own message.
          key.length < 32 || (new Set(key).size >= FEWEST_CHARACTERS && !/^(.{1,8})\1+$/.test(key)),
        'is not random, so it can be guessed: openssl rand -hex 32',
      ),
  );
const FEWEST_CHARACTERS = 8;

const CARRIER_IDS = CARRIERS.map(({ id }) => id) as [string, ...string[]];

const variablesOf = ({ environment }: CarrierManifest): Record<string, z.ZodType> =>
  Object.fromEntries(
    Object.entries(environment).map(([name, { schema }]) => [name, optional(schema)]),
  );

const Own = z.object({
  PORT: whole(0, 65_535),
  HOST: text(),
  PUBLIC_URL: url(/^https?$/, 'https://dialer.example.com'),
  DATA_DIR: optional(
    z
      .string()
      .regex(/^[^~]/, 'begins with ~, which only a shell understands: write the whole path'),
  ),
  DATABASE_URL: url(/^postgres(ql)?$/, 'postgres://user:password@host:5432/outdial'),
  REDIS_URL: url(/^rediss?$/, 'redis://user:password@host:6379'),
  ROLE: optional(z.enum(ROLES, `must be one of ${ROLES.join(', ')}`)),
  TRUST_PROXY: text(),
  API_REQUESTS_PER_MINUTE: whole(0, 10_000_000),
  ACCOUNT_REQUESTS_PER_MINUTE: whole(0, 10_000_000),
  SIGN_INS_PER_MINUTE: whole(0, 1_000_000),
  TELEPHONY: optional(z.enum(CARRIER_IDS, `must be one of ${CARRIER_IDS.join(', ')}`)),
  PRACTICE_ONLY: optional(z.enum(['true', 'false'], 'must be true or false')),
  OTEL_EXPORTER_OTLP_ENDPOINT: url(/^https?$/, 'http://localhost:4318'),
  SECRET_KEY: secret(),
  SECRET_KEY_PREVIOUS: secret(),
  ADMIN_EMAIL: optional(z.email('must be an e-mail address')),
  ADMIN_PASSWORD: optional(
    z
      .string()
      .min(12, 'must have at least 12 characters')
      .max(128, 'must have at most 128 characters'),
  ),
  CORS_ORIGINS: text(),
  LOG_LEVEL: optional(z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`)),
});

/** With those of the installed carriers. */
const Environment = Own.extend(
  Object.assign({}, ...CARRIERS.map(variablesOf)) as Record<string, z.ZodType>,
);

export const ENVIRONMENT_VARIABLES = Object.keys(Environment.shape);

/** A hundred a second: many people behind one office's address are far below, a program that runs wild is not. */
const GENEROUS = 6_000;
/** Twenty-five a second: a person's screens are far below, and a program that needs more says so. */
const OF_ONE_ACCOUNT = 1_500;
/** An office in which everybody begins at nine; behind it each account and address has its growing delays. */
const SIGN_INS = 60;

/** Reads and checks the environment. Never throws: the caller prints the problems and exits. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): ConfigRead {
  const { env, problems } = readVariables(environment);
  const host = env.HOST ?? '127.0.0.1';
  const trustProxy = trustedProxies(env.TRUST_PROXY, problems);
  const role = env.ROLE ?? 'both';
  // One that is there and wrong has been told already.
  if (role !== 'both' && !environment.REDIS_URL) {
    problems.push(
      `ROLE is ${role}, but without REDIS_URL this is the only node, and no node would do the rest. Set REDIS_URL, or leave ROLE out.`,
    );
  }
  if (env.REDIS_URL !== undefined && !environment.DATABASE_URL) {
    problems.push(
      'REDIS_URL is for several nodes on one PostgreSQL server, and the embedded database serves one process. ' +
        'Set DATABASE_URL as well, or leave REDIS_URL out.',
    );
  }
  if (env.DATABASE_URL !== undefined && env.SECRET_KEY === undefined && !environment.SECRET_KEY) {
    problems.push(
      'DATABASE_URL needs SECRET_KEY, the same on every node: it seals the credentials in the database. ' +
        'Make one with `openssl rand -hex 32`, and keep it apart from the backups of the database.',
    );
  }
  if ((environment.ADMIN_EMAIL?.trim() ?? '') !== '' && !environment.ADMIN_PASSWORD?.trim()) {
    problems.push('ADMIN_EMAIL needs ADMIN_PASSWORD: the first start creates this admin.');
  }
  const corsOrigins = allowedOrigins(env.CORS_ORIGINS, problems);
  const telephony = telephonyOf(env, problems);
  if (problems.length > 0) return { ok: false, problems };

  const config: Config = {
    http: {
      port: env.PORT ?? 3000,
      host,
      publicUrl: env.PUBLIC_URL?.replace(/\/+$/, '') ?? null,
      trustProxy,
      requestsPerMinute: env.API_REQUESTS_PER_MINUTE ?? GENEROUS,
      accountRequestsPerMinute:
        env.ACCOUNT_REQUESTS_PER_MINUTE ??
        Math.min(OF_ONE_ACCOUNT, env.API_REQUESTS_PER_MINUTE ?? GENEROUS),
      signInsPerMinute: env.SIGN_INS_PER_MINUTE ?? SIGN_INS,
      corsOrigins,
    },
    secretKey: env.SECRET_KEY ?? null,
    previousSecretKeys: env.SECRET_KEY_PREVIOUS === undefined ? [] : [env.SECRET_KEY_PREVIOUS],
    firstAdmin:
      env.ADMIN_EMAIL === undefined || env.ADMIN_PASSWORD === undefined
        ? null
        : { email: env.ADMIN_EMAIL, password: env.ADMIN_PASSWORD },
    role,
    database:
      env.DATABASE_URL === undefined
        ? { kind: 'embedded', dataDir: env.DATA_DIR ?? './data' }
        : { kind: 'server', url: env.DATABASE_URL },
    redis: env.REDIS_URL === undefined ? null : { url: env.REDIS_URL },
    telephony,
    tracing:
      env.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
        ? null
        : { endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT.replace(/\/+$/, '') },
    logLevel: env.LOG_LEVEL ?? 'info',
  };
  for (const group of Object.values(config)) {
    if (typeof group === 'object') Object.freeze(group);
  }
  return { ok: true, config: Object.freeze(config) };
}

type Variables = z.infer<typeof Own>;

/** Addresses, or networks such as 10.0.0.0/8, with commas between; `loopback` is this machine. */
function trustedProxies(given: string | undefined, problems: string[]): string[] {
  const named = (given ?? '').split(',').flatMap((part) => part.trim() || []);
  for (const proxy of named) {
    const [address = '', bits, ...more] = proxy.split('/');
    const family = isIP(address);
    const longest = family === 4 ? 32 : 128;
    const network = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= longest);
    if (proxy === 'loopback' || (family !== 0 && network && more.length === 0)) continue;
    problems.push(
      `TRUST_PROXY names ${proxy}, which is no address and no network. Write for example 10.0.0.0/8 or loopback, with commas between.`,
    );
  }
  return named;
}

/** Origins such as https://crm.example.com, with commas between; none: no other site's pages. */
function allowedOrigins(given: string | undefined, problems: string[]): string[] {
  const named = (given ?? '').split(',').flatMap((part) => part.trim() || []);
  for (const origin of named) {
    if (URL.canParse(origin) && new URL(origin).origin === origin) continue;
    problems.push(
      `CORS_ORIGINS names ${origin}, which is no origin. Write for example https://crm.example.com, with commas between and no slash at the end.`,
    );
  }
  return named;
}

/** Each variable by itself: one that is wrong must not keep the others, and what they mean together, from being checked. */
function readVariables(environment: Readonly<Record<string, string | undefined>>): {
  env: Variables;
  problems: string[];
} {
  const parsed = Environment.safeParse(environment);
  if (parsed.success) return { env: parsed.data as Variables, problems: [] };
  // One sentence a variable, whatever all is wrong with it.
  const problems = [
    ...new Set(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}.`)),
  ];
  const wrong = new Set(parsed.error.issues.map((issue) => issue.path[0]));
  const right = Object.entries(environment).filter(([name]) => !wrong.has(name));
  return { env: Environment.parse(Object.fromEntries(right)) as Variables, problems };
}

/** TELEPHONY's integration, and what rings no phone, which is always there. */
function telephonyOf(env: Variables, problems: string[]): Config['telephony'] {
  const connected = CARRIERS.filter(({ id, isPractice }) => isPractice || id === env.TELEPHONY);
  const read = connected.map((manifest) => connectionFromEnvironment(manifest, env));
  problems.push(...read.flatMap(({ problem }) => (problem === null ? [] : [problem])));
  return {
    default: env.TELEPHONY ?? null,
    practiceOnly: env.PRACTICE_ONLY === 'true',
    connections: read.map(({ connection }) => connection),
  };
}

/** The environment connects no phone system that rings real phones: an installation for trying things out, until an admin connects one. */
export const isPracticeOnly = ({ telephony }: Pick<Config, 'telephony'>): boolean =>
  telephony.connections.every(({ integration }) => findCarrier(integration)?.isPractice === true);
