import { aRingingCall, secondsAfter } from '@outdial/testing/builders';
import { aSmallDialer } from '@outdial/testing/builders/small-dialer';
import { expect, it } from 'vitest';
import type { Announcement } from '../ports/announcements.js';
import { type Crm, CrmError } from '../ports/crm.js';
import { checkCall } from './check-call.js';
import { syncCall } from './sync-call.js';

/** A completed call that is due at the CRM, with the announcements about its sync. */
async function setting() {
  const ringing = aRingingCall('a');
  const dialer = aSmallDialer({ live: [ringing], now: ringing.deadlineAt });
  dialer.answers.lookUp = {
    kind: 'found',
    facts: { endedAt: secondsAfter(20), endCause: 'busy' },
  };
  await checkCall(dialer.ports, 'a');
  const told: Announcement[] = [];
  const sync = (crm: Crm = dialer.ports.crm) => {
    const announcements = { announce: (change: Announcement) => void told.push(change) };
    return syncCall({ ...dialer.ports, crm, announcements }, 'a');
  };
  return { ...dialer, told, sync };
}

const refusing = (crm: Crm, mayTryAgain: boolean): Crm => ({
  ...crm,
  upsertContact: () => Promise.reject(new CrmError('No.', mayTryAgain)),
});

it('the screens hear when the CRM has a call', async () => {
  const { sync, told, call } = await setting();
  expect(await sync()).toBe('synced');
  expect(call('a')).toMatchObject({ crm: { state: 'SYNCED' } });
  expect(told).toEqual([{ kind: 'call', callId: 'a', sessionId: 'session', agentId: 'ada' }]);
});

it.each([true, false])(
  'the screens hear when it does not take it (tried again: %s)',
  async (mayTryAgain) => {
    const { ports, sync, told, call } = await setting();
    expect(await sync(refusing(ports.crm, mayTryAgain))).toBe('failed');
    expect(call('a')).toMatchObject({ crm: { state: 'FAILED', lastError: 'No.' } });
    expect(told).toHaveLength(1);
  },
);

it('a call that is not due at the CRM is no news', async () => {
  const { sync, told } = await setting();
  await sync();
  expect(await sync()).toBe('not_due');
  expect(told).toHaveLength(1);
});
