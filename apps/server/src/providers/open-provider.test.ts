import { AIRCALL_CAPABILITIES } from '@outdial/aircall';
import type { PlaceOrder } from '@outdial/core';
import { createVirtualTime } from '@outdial/testing/virtual-time';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { type Config, readConfig } from '../config/read-config.js';
import { DEFAULT_SETTINGS } from '../features/settings/default-settings.js';
import type { CurrentSettings, SystemSettings } from '../features/settings/system-settings.js';
import type { Credentials, FromEnvironment } from '../secrets/credentials.js';
import { openProvider } from './open-provider.js';

/** Credentials of the environment, with an empty database. */
const given = (environment: FromEnvironment): Credentials => ({
  value: async (name) => environment[name] ?? null,
  known: (name) => environment[name] ?? null,
  list: async () => [],
  set: async () => false,
  remove: async () => 'not_set',
  onChange: () => () => undefined,
});

function configOf(environment: Record<string, string>): Config {
  const read = readConfig(environment);
  if (!read.ok) throw new Error(read.problems.join('\n'));
  return read.config;
}

function stage(environment: FromEnvironment = {}) {
  const time = createVirtualTime(new Date('2026-03-06T15:00:00.000Z'));
  const listeners = new Set<(current: CurrentSettings) => void>();
  const current: CurrentSettings = { version: 1, updatedAt: null, settings: DEFAULT_SETTINGS };
  const settings: SystemSettings = {
    current: async () => current,
    put: () => Promise.reject(new Error('Nobody saves.')),
    dialingFor: () => Promise.reject(new Error('Nobody dials.')),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const received: unknown[] = [];
  return {
    time,
    listeners,
    received,
    ports: {
      settings,
      credentials: given(environment),
      webhookSegment: 'a-part-that-nobody-can-guess',
      timers: time,
      log: pino({ level: 'silent' }),
      receive: async (event: { payload: unknown }) => {
        received.push(event.payload);
        return 'stored' as const;
      },
      shared: null,
      watch: { waited: () => undefined, failed: () => undefined },
    },
    change: (simulator: Partial<typeof DEFAULT_SETTINGS.simulator>) => {
      const changed = {
        ...DEFAULT_SETTINGS,
        simulator: { ...DEFAULT_SETTINGS.simulator, ...simulator },
      };
      for (const listener of listeners) listener({ ...current, settings: changed });
    },
  };
}

const order = (callId: string): PlaceOrder => ({
  callId,
  to: '+12025550101',
  agent: {
    id: 'a1',
    name: 'Kim',
    email: 'kim@outdial.example',
    presence: 'AVAILABLE',
    presenceSince: new Date('2026-03-06T15:00:00.000Z'),
    providerUserId: null,
    providerNumberId: null,
  },
  ringSeconds: 25,
  attempt: 1,
});

it('opens the simulator, which follows the settings until it is closed', async () => {
  const { ports, time, received, change, listeners } = stage();
  const provider = await openProvider(configOf({ SIMULATOR_SEED: '7' }), ports);
  expect(provider.telephony.name).toBe('simulator');
  expect(provider.aircall).toBeNull();
  provider.start();

  const outcomes = (): string[] => received.splice(0).map((payload) => JSON.stringify(payload));
  change({ weights: { CONNECTED: 0, NO_ANSWER: 0, BUSY: 1, VOICEMAIL: 0 } });
  await provider.telephony.place(order('c1'));
  await time.advance(60_000);
  expect(outcomes().join()).toMatch(/busy/i);

  change({ weights: { CONNECTED: 1, NO_ANSWER: 0, BUSY: 0, VOICEMAIL: 0 } });
  await provider.telephony.place(order('c2'));
  await time.advance(120_000);
  expect(outcomes().join()).not.toMatch(/busy/i);

  await provider.close();
  expect(listeners.size).toBe(0);
  expect(time.pending()).toBe(0);
});

it('opens Aircall, with the token of a webhook that somebody registered', async () => {
  const { ports, time } = stage({
    aircall_api_token: 'secret',
    aircall_webhook_token: 'their-token',
  });
  const provider = await openProvider(
    configOf({
      TELEPHONY: 'aircall',
      AIRCALL_API_TOKEN: 'secret',
      AIRCALL_WEBHOOK_TOKEN: 'their-token',
      AIRCALL_BASE_URL: 'http://127.0.0.1:9',
    }),
    ports,
  );
  expect(provider.telephony.name).toBe('aircall');
  expect(provider.telephony.capabilities).toEqual(AIRCALL_CAPABILITIES);
  expect(provider.aircall?.webhookTokens()).toEqual(['their-token']);
  // Without PUBLIC_URL nothing is registered, and nothing can be missed.
  expect(await provider.aircall?.checkWebhook()).toEqual({ missed: false, problem: null });
  provider.start();
  await provider.close();
  expect(time.pending()).toBe(0);
});

it('opens Aircall before anybody has set its credentials, and says what is missing', async () => {
  const { ports } = stage();
  const provider = await openProvider(configOf({ TELEPHONY: 'aircall' }), ports);
  expect(await provider.aircall?.missing()).toMatch(/API token is missing.*settings/);
  const answer = await provider.telephony.place(order('c1'));
  expect(answer).toMatchObject({ kind: 'refused', because: 'configuration' });
  await provider.close();
});

it('says that nobody would learn how calls end, without a webhook token and a public address', async () => {
  const { ports } = stage({ aircall_api_token: 'secret' });
  const provider = await openProvider(configOf({ TELEPHONY: 'aircall' }), ports);
  expect(await provider.aircall?.missing()).toMatch(/webhook token is missing/);
  await provider.close();
});
