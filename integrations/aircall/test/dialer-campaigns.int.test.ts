import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDialerCampaigns } from '../src/dialer-campaign.js';
import { type AircallInABox, openAircallInABox } from './aircall-in-a-box.js';
import { agentOf } from './far-end.js';

const agent = agentOf();
const phone = (n: number): string => `+120255501${String(n).padStart(2, '0')}`;
const phones = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => phone(from + index));

let box: AircallInABox;
beforeEach(async () => {
  box = await openAircallInABox();
});
afterEach(async () => {
  await box.close();
});

describe('an agent’s campaign in Aircall', () => {
  it('a campaign receives each number once', async () => {
    const { campaigns } = box.telephony;
    expect(await campaigns.progress(agent)).toEqual({ kind: 'none' });
    expect(await campaigns.handOver(agent, [phone(1), phone(2), phone(1)])).toEqual({
      kind: 'handed_over',
      accepted: [phone(1), phone(2)],
      alreadyWaiting: [],
      notHandedOver: [],
      failure: null,
    });
    expect(await campaigns.progress(agent)).toMatchObject({
      kind: 'campaign',
      numbers: [
        { phone: phone(1), called: false, addedAt: expect.any(Date) },
        { phone: phone(2), called: false },
      ],
    });
  });

  it('a campaign takes more numbers later and reports those already in it', async () => {
    const { campaigns } = box.telephony;
    await campaigns.handOver(agent, phones(1, 3));
    expect(await campaigns.handOver(agent, phones(2, 5))).toMatchObject({
      kind: 'handed_over',
      accepted: [phone(4), phone(5)],
      alreadyWaiting: [phone(2), phone(3)],
    });
    expect(await campaigns.progress(agent)).toMatchObject({ numbers: { length: 5 } });
  });

  it('a campaign takes a long list in batches and reads all pages', async () => {
    const { client } = box.telephony;
    const batched = createDialerCampaigns({
      client,
      lines: { userOf: async () => '456' },
      batchSize: 20,
    });
    const list = phones(0, 89);
    expect(await batched.handOver(agent, list)).toMatchObject({ accepted: { length: 90 } });
    const progress = await batched.progress(agent);
    expect(progress.kind === 'campaign' && progress.numbers.map((entry) => entry.phone)).toEqual(
      list,
    );
    const posts = box.control.requests().filter(({ path }) => path.endsWith('dialer_campaign'));
    expect(posts).toHaveLength(5);
  });

  it('a failed start of a campaign reports which numbers it contains', async () => {
    const { client } = box.telephony;
    const batched = createDialerCampaigns({
      client,
      lines: { userOf: async () => '456' },
      batchSize: 2,
    });
    expect(await batched.handOver(agent, [phone(1), phone(2), 'nonsense', phone(3)])).toMatchObject(
      {
        kind: 'partly',
        accepted: [phone(1), phone(2)],
        notHandedOver: ['nonsense', phone(3)],
        failure: { mayTryAgain: 'no' },
      },
    );
    const campaign = '/v1/users/456/dialer_campaign';
    box.control.addApiFault({ method: 'POST', path: campaign, mode: 'cut', count: 1 });
    expect(await batched.handOver(agent, [phone(4)])).toMatchObject({
      kind: 'failed',
      accepted: [],
      notHandedOver: [phone(4)],
      failure: { mayTryAgain: 'unknown' },
    });
  });

  it('a campaign shows the called numbers', async () => {
    const { campaigns } = box.telephony;
    await campaigns.handOver(agent, phones(1, 2));
    box.control.agentDials(456, phone(2));
    expect(await campaigns.progress(agent)).toMatchObject({
      numbers: [{ called: false }, { phone: phone(2), called: true }],
    });
  });

  it('single numbers can be removed from a campaign unless they were called', async () => {
    const { campaigns } = box.telephony;
    await campaigns.handOver(agent, phones(1, 3));
    box.control.agentDials(456, phone(2));
    expect(await campaigns.remove(agent, [phone(1), phone(2), phone(9)])).toEqual({
      kind: 'removed',
      removed: [phone(1)],
      alreadyCalled: [phone(2)],
      notInCampaign: [phone(9)],
    });
    expect(await campaigns.progress(agent)).toMatchObject({
      numbers: [{ phone: phone(2) }, { phone: phone(3) }],
    });
  });

  it('ending a campaign returns the called and the uncalled numbers', async () => {
    const { campaigns } = box.telephony;
    await campaigns.handOver(agent, phones(1, 2));
    box.control.agentDials(456, phone(1));
    expect(await campaigns.takeBack(agent)).toMatchObject({
      kind: 'taken_back',
      numbers: [
        { phone: phone(1), called: true },
        { phone: phone(2), called: false },
      ],
    });
    expect(await campaigns.progress(agent)).toEqual({ kind: 'none' });
    expect(await campaigns.takeBack(agent)).toEqual({ kind: 'none' });
  });

  it('a campaign for an agent unknown to Aircall says what to fix', async () => {
    const { campaigns } = box.telephony;
    const stranger = agentOf({ providerUserId: null, email: 'unknown@outdial.example' });
    const failure = { kind: 'failed', mayTryAgain: 'no', message: expect.stringMatching(/user/) };
    expect(await campaigns.progress(stranger)).toMatchObject(failure);
    expect(await campaigns.takeBack(stranger)).toMatchObject(failure);
    expect(await campaigns.handOver(stranger, [phone(1)])).toMatchObject({ failure });
  });
});
