import { z } from 'zod';

/**
 * What the process is told from outside, read once. Two steps: the environment as it is (strings), then this, typed,
 * grouped and frozen. All problems are reported together, in words, before anything starts.
 */
export interface Config {
  readonly http: {
    readonly port: number;
    readonly host: string;
    /** Where the outside world reaches us; null: only this machine. */
    readonly publicUrl: string | null;
  };
  readonly database:
    | { readonly kind: 'embedded'; readonly dataDir: string }
    | { readonly kind: 'server'; readonly url: string };
  readonly telephony:
    | { readonly provider: 'simulator'; readonly speed: number; readonly seed: number }
    | {
        readonly provider: 'aircall';
        readonly baseUrl: string | null;
        readonly credentials:
          | { readonly kind: 'basic'; readonly apiId: string; readonly apiToken: string }
          | { readonly kind: 'bearer'; readonly accessToken: string };
        readonly webhookToken: string | null;
        /** Our share of the company-wide limit. */
        readonly requestsPerMinute: number;
      };
  readonly logLevel: LogLevel;
}

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export type ConfigRead =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly string[] };

/** An empty variable counts as absent: that is what a line `NAME=` in an env file means. */
const absent = (value: unknown): unknown => (value === '' ? undefined : value);
const optional = <T extends z.ZodType>(type: T) => z.preprocess(absent, type.optional());

const Environment = z.object({
  PORT: optional(z.coerce.number('must be a number').int().min(0).max(65_535)),
  HOST: optional(z.string()),
  PUBLIC_URL: optional(
    z.url({ protocol: /^https?$/, error: 'must be a URL such as https://dialer.example.com' }),
  ),
  DATA_DIR: optional(z.string()),
  DATABASE_URL: optional(
    z.url({
      protocol: /^postgres(ql)?$/,
      error: 'must be a URL such as postgres://user:password@host:5432/outdial',
    }),
  ),
  TELEPHONY: optional(z.enum(['simulator', 'aircall'], 'must be simulator or aircall')),
  SIMULATOR_SPEED: optional(
    z.coerce.number('must be a number').positive('must be above 0').max(100_000),
  ),
  SIMULATOR_SEED: optional(z.coerce.number('must be a number').int('must be a whole number')),
  AIRCALL_BASE_URL: optional(z.url({ protocol: /^https?$/, error: 'must be a URL' })),
  AIRCALL_API_ID: optional(z.string()),
  AIRCALL_API_TOKEN: optional(z.string()),
  AIRCALL_WEBHOOK_TOKEN: optional(z.string()),
  AIRCALL_REQUESTS_PER_MINUTE: optional(
    z.coerce.number('must be a number').int().min(1, 'must be 1 or more').max(1_000_000),
  ),
  LOG_LEVEL: optional(z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`)),
});

export const ENVIRONMENT_VARIABLES = Object.keys(Environment.shape);

/** Until accounts exist, nobody but this machine may talk to the server. */
const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

/** With this one the first calls of the sample queue show each outcome: unanswered, busy, two people, a mailbox. */
const TELLING_SEED = 27;

/** Reads and checks the environment. Never throws: the caller prints the problems and exits. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): ConfigRead {
  const { env, problems } = readVariables(environment);
  const host = env.HOST ?? '127.0.0.1';
  if (!LOOPBACK.includes(host)) {
    problems.push(
      `HOST is ${host}, but the server has no accounts yet and serves this machine only. ` +
        'Leave it out, or put a proxy in front that lets nobody in but the webhooks.',
    );
  }
  const telephony = telephonyOf(env, environment, problems);
  if (problems.length > 0 || telephony === null) return { ok: false, problems };

  const config: Config = {
    http: { port: env.PORT ?? 3000, host, publicUrl: env.PUBLIC_URL?.replace(/\/+$/, '') ?? null },
    database:
      env.DATABASE_URL === undefined
        ? { kind: 'embedded', dataDir: env.DATA_DIR ?? './data' }
        : { kind: 'server', url: env.DATABASE_URL },
    telephony,
    logLevel: env.LOG_LEVEL ?? 'info',
  };
  return { ok: true, config: Object.freeze(config) };
}

type Variables = z.infer<typeof Environment>;

/** Each variable by itself: one that is wrong must not keep the others, and what they mean together, from being checked. */
function readVariables(environment: Readonly<Record<string, string | undefined>>): {
  env: Variables;
  problems: string[];
} {
  const parsed = Environment.safeParse(environment);
  if (parsed.success) return { env: parsed.data, problems: [] };
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}.`);
  const wrong = new Set(parsed.error.issues.map((issue) => issue.path[0]));
  const right = Object.entries(environment).filter(([name]) => !wrong.has(name));
  return { env: Environment.parse(Object.fromEntries(right)), problems };
}

function telephonyOf(
  env: Variables,
  given: Readonly<Record<string, string | undefined>>,
  problems: string[],
): Config['telephony'] | null {
  if (env.TELEPHONY !== 'aircall') {
    return {
      provider: 'simulator',
      speed: env.SIMULATOR_SPEED ?? 1,
      seed: env.SIMULATOR_SEED ?? TELLING_SEED,
    };
  }
  const { AIRCALL_API_ID: apiId, AIRCALL_API_TOKEN: token } = env;
  if (token === undefined) {
    problems.push(
      'TELEPHONY=aircall needs AIRCALL_API_TOKEN (with AIRCALL_API_ID for an API key, alone for an OAuth token).',
    );
  }
  // One that is there and wrong has been told already.
  if (!given.PUBLIC_URL && env.AIRCALL_WEBHOOK_TOKEN === undefined) {
    problems.push(
      'TELEPHONY=aircall needs PUBLIC_URL, so that the webhook is registered by itself, ' +
        'or AIRCALL_WEBHOOK_TOKEN of a webhook that you registered.',
    );
  }
  if (token === undefined) return null;
  return {
    provider: 'aircall',
    baseUrl: env.AIRCALL_BASE_URL ?? null,
    credentials:
      apiId === undefined
        ? { kind: 'bearer', accessToken: token }
        : { kind: 'basic', apiId, apiToken: token },
    webhookToken: env.AIRCALL_WEBHOOK_TOKEN ?? null,
    requestsPerMinute: env.AIRCALL_REQUESTS_PER_MINUTE ?? 60,
  };
}
