import {
  createManualClock,
  createMockAircall,
  type ManualClock,
  type MockAircall,
  type MockAircallOptions,
} from '../mock/index.js';
import {
  type AircallCredentials,
  type AircallTelephony,
  type AircallTelephonyOptions,
  createAircallTelephony,
  type WebhookCheck,
  type WebhookRegistration,
} from '../src/index.js';
import { type DeliveryDesk, openDeliveryDesk } from './delivery-desk.js';
import { basicCredentials } from './far-end.js';

/** Our adapter, the mock, and a webhook receiver, joined by real HTTP in both directions, on one clock. */
export interface AircallInABox {
  readonly telephony: AircallTelephony;
  readonly mock: MockAircall;
  readonly control: MockAircall['control'];
  readonly clock: ManualClock;
  readonly desk: DeliveryDesk;
  readonly webhook: WebhookRegistration;
  /** What the first check of the webhook answered. */
  readonly firstCheck: WebhookCheck;
  now(): Date;
  advance(ms: number): Promise<void>;
  /** From now on every request carries a key that Aircall does not know. */
  revokeCredentials(): void;
  close(): Promise<void>;
}

export async function openAircallInABox(
  options: {
    readonly mock?: MockAircallOptions;
    readonly telephony?: Partial<AircallTelephonyOptions>;
    readonly credentials?: AircallCredentials;
  } = {},
): Promise<AircallInABox> {
  const clock = createManualClock();
  const mock = createMockAircall({
    clock,
    behaviour: { rateLimit: { perMinute: 100_000 } },
    ...options.mock,
  });
  const { url } = await mock.start();
  let revoked = false;
  const telephony = createAircallTelephony({
    credentials: options.credentials ?? basicCredentials,
    baseUrl: url,
    requestsPerMinute: 100_000,
    // Back-off waits on the box's clock, which does not move during a request.
    getRetries: 0,
    timers: {
      now: () => new Date(clock.now()),
      after: (ms, callback) => {
        const handle = clock.setTimeout(callback, ms);
        return () => clock.clearTimeout(handle);
      },
    },
    fetch: (input, init) => {
      const headers = new Headers(init?.headers);
      // No connection outlives its request, so nothing is left open when a test ends.
      headers.set('connection', 'close');
      if (revoked) headers.set('authorization', 'Bearer revoked');
      return fetch(input, { ...init, headers });
    },
    ...options.telephony,
  });
  let webhook: WebhookRegistration | undefined;
  const desk = await openDeliveryDesk(() => webhook?.tokens() ?? []);
  webhook = telephony.webhookAt(desk.url);
  const firstCheck = await webhook.check();
  return {
    telephony,
    mock,
    control: mock.control,
    clock,
    desk,
    webhook,
    firstCheck,
    now: () => new Date(clock.now()),
    advance: (ms) => mock.control.advance(ms / 1000),
    revokeCredentials() {
      revoked = true;
    },
    async close() {
      await telephony.close();
      await mock.close();
      await desk.close();
    },
  };
}
