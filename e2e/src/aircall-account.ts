import {
  createMockAircall,
  type MockAircall,
  type MockAircallOptions,
  type MockControl,
} from '@outdial/aircall/mock';
import type { Environment } from '@outdial/lab/server/outdial-server';
import { onTestFinished } from 'vitest';

/** A mock Aircall account over real HTTP, with the sample agent Alex as its user 456. */
export interface AircallAccount {
  readonly control: MockControl;
  readonly speed: number;
  /** The environment of a server that uses this account. The server registers its webhook itself. */
  env(serverUrl: string): Environment;
}

/** The mock's user with the e-mail of the first sample agent. */
export const ALEX = 456;

export async function startAircallAccount(
  options: MockAircallOptions = {},
): Promise<AircallAccount> {
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
