import { randomUUID } from 'node:crypto';

export interface TestRedis {
  readonly url: string;
  /** Of the form that the server uses: `outdial:{<installation id>}`. No other test uses this one. */
  readonly prefix: string;
}

/** A corner of one's own on the Redis of this run. It is never flushed; a test that must do that takes `startRedis`. */
export function testRedis(): TestRedis {
  const url = process.env.TEST_REDIS_URL;
  if (!url) {
    throw new Error(
      'TEST_REDIS_URL is not set. Files named *.int.test.ts get a Redis by themselves: ' +
        'npx vitest run --project int <file>',
    );
  }
  return { url, prefix: `outdial:{${randomUUID()}}` };
}
