import {
  createMockAircall,
  type MockAircall,
  type MockAircallOptions,
  type MockControl,
} from '@outdial/telephony-aircall/mock-aircall';
import { onTestFinished } from 'vitest';
import type { Environment } from './outdial-server.js';

/** Somebody's Aircall account: two-way over real HTTP, with the sample agent Alex as its user 456. */
export interface AircallOffice {
  readonly control: MockControl;
  readonly speed: number;
  /** What a server must be told to work with this account. Its webhook it registers itself. */
  env(serverUrl: string): Environment;
}

/** The mock's user with the e-mail of the first sample agent. */
export const ALEX = 456;

export async function openAircallOffice(options: MockAircallOptions = {}): Promise<AircallOffice> {
  const mock: MockAircall = createMockAircall({
    speed: 50,
    ...options,
    behaviour: {
      rateLimit: { perMinute: 1_000_000 },
      ...options.behaviour,
    },
  });
  const { url } = await mock.start();
  onTestFinished(() => mock.close());
  return {
    control: mock.control,
    speed: options.speed ?? 50,
    env: (serverUrl) => ({
      TELEPHONY: 'aircall',
      AIRCALL_BASE_URL: url,
      AIRCALL_API_ID: mock.credentials.apiId,
      AIRCALL_API_TOKEN: mock.credentials.apiToken,
      AIRCALL_REQUESTS_PER_MINUTE: '100000',
      PUBLIC_URL: serverUrl,
    }),
  };
}
