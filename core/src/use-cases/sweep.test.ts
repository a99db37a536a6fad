import {
  aCompletedCall,
  aQueuedCall,
  aRingingCall,
  NOON,
  secondsAfter,
} from '@outdial/testing/builders';
import { aSmallDialer } from '@outdial/testing/builders/small-dialer';
import { describe, expect, it } from 'vitest';
import type { CompletedCall } from '../call/call.js';
import { createSweeper } from './sweep.js';

const dueAtTheCrm = (id: string, dueAt: Date): CompletedCall =>
  aCompletedCall(id, {
    phone: `number of ${id}`,
    crm: {
      state: 'PENDING',
      revision: 0,
      attempts: 0,
      dueAt,
      lastError: null,
      activityId: null,
    },
  });

describe('a sweep', () => {
  it('wakes a call whose deadline passed unseen, behind a hundred others for the CRM', async () => {
    const { ports, state, woken, moveTo } = aSmallDialer({ live: [aRingingCall('overdue')] });
    for (let n = 0; n < 100; n += 1) state.putCall(dueAtTheCrm(`done ${n}`, NOON));
    moveTo(secondsAfter(60));
    await createSweeper(ports, { pageSize: 10, pages: 1 }).sweep();
    expect(woken).toContainEqual({ job: 'check-call', id: 'overdue' });
    expect(woken.filter(({ job }) => job === 'sync-call')).toHaveLength(10);
  });

  it('a sweep goes through a long backlog at once, and wakes every row of it once', async () => {
    const { ports, state, woken, moveTo } = aSmallDialer();
    for (let n = 0; n < 95; n += 1) state.putCall(dueAtTheCrm(`done ${n}`, NOON));
    moveTo(secondsAfter(1));
    expect(await createSweeper(ports, { pageSize: 10 }).sweep()).toBe(95);
    expect(new Set(woken.map(({ id }) => id)).size).toBe(95);
    expect(woken).toHaveLength(95);
  });

  it('a sweep ends with what it can remember, and finds the rest next time', async () => {
    const { ports, state, woken, moveTo } = aSmallDialer();
    for (let n = 0; n < 95; n += 1) state.putCall(dueAtTheCrm(`done ${n}`, NOON));
    moveTo(secondsAfter(1));
    const sweeper = createSweeper(ports, { pageSize: 10, pages: 4 });
    expect(await sweeper.sweep()).toBe(40);
    for (const { id } of woken) state.putCall(aCompletedCall(id, { phone: `number of ${id}` }));
    expect(await sweeper.sweep()).toBe(40);
  });

  it('a sweep says nothing of a row that has only just become due', async () => {
    const { ports, noted, woken, moveTo } = aSmallDialer({ live: [aQueuedCall('a')] });
    moveTo(secondsAfter(2));
    await createSweeper(ports).sweep();
    expect(woken).toEqual([{ job: 'place-call', id: 'a' }]);
    expect(noted).toEqual([]);
  });

  it('a sweep tells of each overdue row once, however often it is met', async () => {
    const { ports, state, noted, moveTo } = aSmallDialer();
    state.putCall(dueAtTheCrm('a', NOON));
    state.putCall(dueAtTheCrm('b', secondsAfter(10)));
    const sweeper = createSweeper(ports);
    for (const seconds of [5, 10, 15, 20]) {
      moveTo(secondsAfter(seconds));
      await sweeper.sweep();
    }
    expect(noted).toMatchObject([
      {
        event: 'overdue work found',
        details: { job: 'sync-call', count: 1, oldest_seconds: 5 },
        repaired: { kind: 'crm_overdue', count: 1 },
      },
      { details: { job: 'sync-call', count: 1, oldest_seconds: 5 } },
    ]);
  });

  it('a sweep tells of a row again that is due anew, and lost again', async () => {
    const { ports, state, noted, moveTo } = aSmallDialer();
    const sweeper = createSweeper(ports);
    for (const seconds of [0, 60]) {
      state.putCall(dueAtTheCrm('a', secondsAfter(seconds)));
      moveTo(secondsAfter(seconds + 5));
      await sweeper.sweep();
    }
    expect(noted).toHaveLength(2);
  });
});
