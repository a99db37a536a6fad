import { createVirtualTime } from '@outdial/testing/virtual-time';
import { expect, it } from 'vitest';
import type { AuditEvent } from '../access/audit-trail.js';
import { watchRefusedWebhooks } from './refused-webhooks.js';

function watch() {
  const time = createVirtualTime(new Date('2026-11-20T15:00:00.000Z'));
  const audited: AuditEvent[] = [];
  const raised: string[] = [];
  let broken = false;
  const logged: string[] = [];
  const note = (_: object, message: string) => void logged.push(message);
  const refused = watchRefusedWebhooks({
    audit: {
      append: async (event) => {
        if (broken) throw new Error('The database is away.');
        audited.push(event);
      },
    },
    alerts: { raise: ({ kind }) => void raised.push(kind) },
    timers: time,
    log: { warn: note, error: note },
  });
  return {
    time,
    audited,
    raised,
    logged,
    refused,
    breakDatabase: () => {
      broken = true;
    },
  };
}

it('one refused webhook is one line of the audit log, at once, with where it came from', async () => {
  const { time, audited, raised, refused } = watch();
  refused.refused('token', '203.0.113.7');
  await time.advance(10 * 60_000);
  expect(audited).toMatchObject([
    { action: 'webhook_refused', address: '203.0.113.7', details: { count: 1, because: 'token' } },
  ]);
  expect([raised, time.pending()]).toEqual([[], 0]);
});

it('thousands of refused webhooks within five minutes are two lines and an alert, from any sender', async () => {
  const { time, audited, raised, logged, refused } = watch();
  for (let each = 0; each < 3_000; each += 1) refused.refused('token', `203.0.113.${each % 200}`);
  refused.refused('not_json', '198.51.100.1');
  await time.advance(5 * 60_000);
  expect(audited).toHaveLength(2);
  expect(audited[1]?.details).toMatchObject({
    count: 3_001,
    because: { token: 3_000, not_json: 1 },
    since: '2026-11-20T15:00:00.000Z',
    more_addresses: true,
  });
  expect(raised[0]).toBe('webhook_token_failures');
  expect(logged).toHaveLength(2);
});

it('what cannot be read is no attack', () => {
  const { raised, refused } = watch();
  for (let each = 0; each < 100; each += 1) refused.refused('not_json', '203.0.113.7');
  expect(raised).toEqual([]);
});

it('what was gathered is written when the server ends, and a database that is away ends nothing', async () => {
  const { audited, refused, logged, breakDatabase, time } = watch();
  for (let each = 0; each < 3; each += 1) refused.refused('segment', '203.0.113.7');
  await refused.close();
  await refused.close();
  expect(audited).toMatchObject([{ details: { count: 1 } }, { details: { count: 3 } }]);
  breakDatabase();
  refused.refused('segment', '203.0.113.7');
  await refused.close();
  expect(logged.at(-1)).toBe('refused webhooks could not be audited');
  expect(time.pending()).toBe(0);
});
