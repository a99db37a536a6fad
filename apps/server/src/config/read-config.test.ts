import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ENVIRONMENT_VARIABLES, readConfig } from './read-config.js';

const configOf = (environment: Record<string, string>) => {
  const read = readConfig(environment);
  if (!read.ok) throw new Error(read.problems.join('\n'));
  return read.config;
};
const problemsOf = (environment: Record<string, string>): readonly string[] => {
  const read = readConfig(environment);
  return read.ok ? [] : read.problems;
};
const SECRET_KEY = '6f1d0c9be2a74385'.repeat(4);
const AIRCALL = {
  TELEPHONY: 'aircall',
  AIRCALL_API_TOKEN: 'secret',
  PUBLIC_URL: 'https://dialer.example.com',
};

describe('the configuration', () => {
  const defaults = configOf({});

  it('the configuration needs nothing to be set: the simulator, an embedded database, this machine only', () => {
    expect(defaults).toEqual({
      http: {
        port: 3000,
        host: '127.0.0.1',
        publicUrl: null,
        trustProxy: [],
        requestsPerMinute: 6_000,
        accountRequestsPerMinute: expect.any(Number),
        signInsPerMinute: expect.any(Number),
        corsOrigins: [],
      },
      secretKey: null,
      previousSecretKeys: [],
      firstAdmin: null,
      role: 'both',
      database: { kind: 'embedded', dataDir: './data' },
      redis: null,
      telephony: {
        default: null,
        practiceOnly: false,
        connections: [{ integration: 'simulator', credentials: {}, settings: {} }],
      },
      tracing: null,
      logLevel: 'info',
    });
  });

  it('the configuration takes empty variables, as an env file has them, for ones that are not set', () => {
    const empty = Object.fromEntries(ENVIRONMENT_VARIABLES.map((name) => [name, '']));
    expect(configOf(empty)).toEqual(defaults);
    const blank = Object.fromEntries(ENVIRONMENT_VARIABLES.map((name) => [name, '  ']));
    expect(configOf(blank)).toEqual(defaults);
  });

  it('the configuration cannot be changed by anybody', () => {
    expect(Object.isFrozen(defaults)).toBe(true);
    expect(Object.values(defaults).every((group) => Object.isFrozen(group))).toBe(true);
  });

  it.each([
    ['https://dialer.example.com', 'https://dialer.example.com'],
    ['https://dialer.example.com/', 'https://dialer.example.com'],
    ['https://example.com/dialer//', 'https://example.com/dialer'],
  ])('takes the public address %s without a slash at its end', (given, publicUrl) => {
    expect(configOf({ PUBLIC_URL: given }).http.publicUrl).toBe(publicUrl);
  });

  it.each(['./data', '/var/lib/outdial', '../kept elsewhere', 'C:\\outdial'])(
    'the data directory is where the environment says: %s',
    (dataDir) => {
      expect(configOf({ DATA_DIR: dataDir }).database).toEqual({ kind: 'embedded', dataDir });
    },
  );

  it('the configuration leaves the embedded database out when there is a server', () => {
    const url = 'postgres://outdial:secret@db:5432/outdial';
    expect(configOf({ DATABASE_URL: url, SECRET_KEY, DATA_DIR: './data' }).database).toEqual({
      kind: 'server',
      url,
    });
  });

  it('the configuration makes one of several nodes out of a process, with its part of the work', () => {
    const shared = {
      DATABASE_URL: 'postgres://db/outdial',
      REDIS_URL: 'rediss://cache:6380/1',
      SECRET_KEY,
    };
    const { redis, role } = configOf({ ...shared, ROLE: 'worker' });
    expect({ redis, role }).toEqual({ redis: { url: 'rediss://cache:6380/1' }, role: 'worker' });
  });

  it('the configuration lets others than this machine in when a proxy stands in front', () => {
    const { http } = configOf({ HOST: '0.0.0.0', TRUST_PROXY: '10.0.0.0/8, loopback,::1' });
    expect(http.host).toBe('0.0.0.0');
    expect(http.trustProxy).toEqual(['10.0.0.0/8', 'loopback', '::1']);
  });

  it('the configuration takes an Aircall API key, or an OAuth token alone', () => {
    const aircallOf = (environment: Record<string, string>) => {
      const { telephony } = configOf(environment);
      expect(telephony.default).toBe('aircall');
      return telephony.connections.find(({ integration }) => integration === 'aircall');
    };
    expect(aircallOf({ ...AIRCALL, AIRCALL_API_ID: 'id' })).toEqual({
      integration: 'aircall',
      credentials: {
        api_id: { value: 'id', variable: 'AIRCALL_API_ID' },
        api_token: { value: 'secret', variable: 'AIRCALL_API_TOKEN' },
        webhook_token: { value: undefined, variable: 'AIRCALL_WEBHOOK_TOKEN' },
      },
      settings: {},
    });
    const own = { ...AIRCALL, PUBLIC_URL: '', AIRCALL_WEBHOOK_TOKEN: 'theirs-12' };
    expect(
      aircallOf({
        ...own,
        AIRCALL_BASE_URL: 'http://localhost:4000',
        AIRCALL_REQUESTS_PER_MINUTE: '120',
      }),
    ).toMatchObject({
      credentials: { api_id: { value: undefined }, webhook_token: { value: 'theirs-12' } },
      settings: {
        base_url: { value: 'http://localhost:4000', variable: 'AIRCALL_BASE_URL' },
        requests_per_minute: { value: 120, variable: 'AIRCALL_REQUESTS_PER_MINUTE' },
      },
    });
  });
});

it('connects Aircall before an admin has entered its credentials, and Practice beside it', () => {
  expect(configOf({ TELEPHONY: 'aircall' }).telephony).toMatchObject({
    default: 'aircall',
    connections: [
      { integration: 'simulator' },
      { integration: 'aircall', credentials: { api_token: { value: undefined } } },
    ],
  });
});

it('variables of a carrier that TELEPHONY does not name connect nothing', () => {
  const { telephony } = configOf({ AIRCALL_API_TOKEN: 'secret' });
  expect(telephony.connections.map(({ integration }) => integration)).toEqual(['simulator']);
});

describe('what is wrong with the configuration', () => {
  it('all problems of the environment are reported together, in words', () => {
    expect(
      problemsOf({
        PORT: 'abc',
        HOST: '0.0.0.0',
        PUBLIC_URL: 'dialer.example.com',
        DATA_DIR: '~/outdial',
        DATABASE_URL: 'mysql://localhost/outdial',
        REDIS_URL: 'localhost:6379',
        ROLE: 'boss',
        API_REQUESTS_PER_MINUTE: '-1',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'grpc://localhost',
        TELEPHONY: 'aircall',
        SIMULATOR_SPEED: '0',
        SIMULATOR_SEED: '1.5',
        AIRCALL_BASE_URL: 'ftp://aircall',
        AIRCALL_API_ID: 'id',
        SECRET_KEY: 'short',
        ADMIN_EMAIL: 'nobody',
        ADMIN_PASSWORD: '',
        CORS_ORIGINS: 'https://crm.example.com/',
        AIRCALL_REQUESTS_PER_MINUTE: '0',
        LOG_LEVEL: 'loud',
      }),
    ).toEqual([
      'PORT must be a whole number from 0 to 65535.',
      'PUBLIC_URL must be a URL such as https://dialer.example.com.',
      'DATA_DIR begins with ~, which only a shell understands: write the whole path.',
      'DATABASE_URL must be a URL such as postgres://user:password@host:5432/outdial.',
      'REDIS_URL must be a URL such as redis://user:password@host:6379.',
      'ROLE must be one of both, api, worker.',
      'API_REQUESTS_PER_MINUTE must be a whole number from 0 to 10000000.',
      'OTEL_EXPORTER_OTLP_ENDPOINT must be a URL such as http://localhost:4318.',
      'SECRET_KEY must have at least 32 characters: openssl rand -hex 32.',
      'ADMIN_EMAIL must be an e-mail address.',
      'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent.',
      'SIMULATOR_SPEED must be a number above 0 and at most 100000.',
      'SIMULATOR_SEED must be a whole number from -2147483648 to 2147483647.',
      'AIRCALL_BASE_URL must be a URL such as https://api.aircall.io.',
      'AIRCALL_REQUESTS_PER_MINUTE must be a whole number from 1 to 1000000.',
      'ADMIN_EMAIL needs ADMIN_PASSWORD: the first start creates this admin.',
      'CORS_ORIGINS names https://crm.example.com/, which is no origin. Write for example https://crm.example.com, with commas between and no slash at the end.',
      'AIRCALL_API_ID needs AIRCALL_API_TOKEN: one key has both. Leave both out to enter them under Settings, Connections.',
    ]);
  });

  it.each([
    [{ PORT: '65536' }, 'PORT must be a whole number from 0 to 65535.'],
    [{ PORT: '80.5' }, 'PORT must be a whole number from 0 to 65535.'],
    [{ PORT: '-0.5' }, 'PORT must be a whole number from 0 to 65535.'],
    [{ SIMULATOR_SPEED: 'fast' }, 'SIMULATOR_SPEED must be a number above 0 and at most 100000.'],
    [
      { SIMULATOR_SPEED: 'Infinity' },
      'SIMULATOR_SPEED must be a number above 0 and at most 100000.',
    ],
    [{ TELEPHONY: 'twilio' }, 'TELEPHONY must be one of simulator, aircall.'],
    [
      { ROLE: 'api' },
      'ROLE is api, but without REDIS_URL this is the only node, and no node would do the rest. Set REDIS_URL, or leave ROLE out.',
    ],
    [
      { REDIS_URL: 'redis://localhost' },
      'REDIS_URL is for several nodes on one PostgreSQL server, and the embedded database serves one process. Set DATABASE_URL as well, or leave REDIS_URL out.',
    ],
    [
      { HOST: '0.0.0.0', TRUST_PROXY: '10.0.0.0/8, proxy' },
      'TRUST_PROXY names proxy, which is no address and no network. Write for example 10.0.0.0/8 or loopback, with commas between.',
    ],
    [
      { AIRCALL_API_ID: 'id', TELEPHONY: 'aircall' },
      'AIRCALL_API_ID needs AIRCALL_API_TOKEN: one key has both. Leave both out to enter them under Settings, Connections.',
    ],
    [
      { DATABASE_URL: 'postgres://db/outdial' },
      'DATABASE_URL needs SECRET_KEY, the same on every node: it seals the credentials in the database. Make one with `openssl rand -hex 32`, and keep it apart from the backups of the database.',
    ],
    [
      { ADMIN_EMAIL: 'admin@example.com' },
      'ADMIN_EMAIL needs ADMIN_PASSWORD: the first start creates this admin.',
    ],
    [
      { ADMIN_EMAIL: 'admin@example.com', ADMIN_PASSWORD: 'short' },
      'ADMIN_PASSWORD must have at least 12 characters.',
    ],
  ])('is one sentence: %o', (environment, problem) => {
    expect(problemsOf(environment)).toEqual([problem]);
  });

  it('what is wrong with the configuration never repeats a secret', () => {
    const told = problemsOf({
      DATABASE_URL: 'postgress://u:hunter2@db/x',
      AIRCALL_API_TOKEN: 'hunter2',
      TELEPHONY: 'aircall',
    }).join('\n');
    expect(told).not.toBe('');
    expect(told).not.toContain('hunter2');
  });
});

it('.env.example names each variable that is read, and no other', () => {
  const example = readFileSync(new URL('../../../../.env.example', import.meta.url), 'utf8');
  const named = [...example.matchAll(/^#?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name);
  expect(named.sort()).toEqual([...ENVIRONMENT_VARIABLES].sort());
});

it.each([
  ['one letter', 'a'.repeat(40)],
  ['two letters', 'ab'.repeat(20)],
  ['a word over and over', 'secret!?'.repeat(5)],
])('refuses a SECRET_KEY that is not random: %s', (_what, SECRET_KEY) => {
  const read = readConfig({ SECRET_KEY });
  expect(read).toMatchObject({
    ok: false,
    problems: [expect.stringContaining('SECRET_KEY is not random')],
  });
});

it('refuses a webhook token that is guessed at once', () => {
  const read = readConfig({ TELEPHONY: 'aircall', AIRCALL_WEBHOOK_TOKEN: 'x' });
  expect(read).toMatchObject({
    ok: false,
    problems: [expect.stringContaining('AIRCALL_WEBHOOK_TOKEN must have at least 8')],
  });
});
