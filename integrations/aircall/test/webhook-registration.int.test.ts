import { afterEach, describe, expect, it } from 'vitest';
import { SUBSCRIBED_EVENTS } from '../src/index.js';
import { type AircallInABox, openAircallInABox } from './aircall-in-a-box.js';

let box: AircallInABox;
afterEach(async () => {
  await box.close();
});

const ours = () => box.control.webhooks().filter((webhook) => webhook.url === box.desk.url);

describe('our webhook at Aircall', () => {
  it('the webhook is registered for the needed events, and its token is known', async () => {
    box = await openAircallInABox();
    expect(box.firstCheck).toMatchObject({ kind: 'registered', did: 'created' });
    expect(ours()).toMatchObject([
      { active: true, customName: 'Outdial', events: SUBSCRIBED_EVENTS },
    ]);
    expect(box.webhook.tokens()).toEqual([ours()[0]?.token]);
  });

  it('repeated checks do not change a correct webhook', async () => {
    box = await openAircallInABox();
    const before = JSON.stringify(ours());
    for (let again = 0; again < 3; again++) {
      expect(await box.webhook.check()).toMatchObject({ kind: 'registered', did: 'nothing' });
    }
    expect(JSON.stringify(ours())).toBe(before);
    expect(box.control.requests().filter(({ method }) => method !== 'GET')).toHaveLength(1);
  });

  it('the webhook and its token are found again after a restart', async () => {
    box = await openAircallInABox();
    const restarted = box.telephony.webhookAt(box.desk.url);
    expect(restarted.tokens()).toEqual([]);
    expect(await restarted.check()).toMatchObject({ did: 'nothing' });
    expect(restarted.tokens()).toEqual(box.webhook.tokens());
  });

  it('a webhook that Aircall disabled is enabled and delivers again', async () => {
    box = await openAircallInABox();
    box.control.switchWebhookOff(ours()[0]?.id ?? '');
    expect(await box.webhook.check()).toMatchObject({ kind: 'registered', did: 'revived' });
    expect(ours()).toMatchObject([{ active: true, events: SUBSCRIBED_EVENTS }]);
    box.control.setAvailability(456, 'offline');
    await box.advance(1_000);
    expect(box.desk.stored.map(({ payload }) => payload.event)).toEqual(['user.disconnected.v2']);
  });

  it('a deleted webhook is registered again, and the old token stays valid for late retries', async () => {
    box = await openAircallInABox();
    const [oldToken] = box.webhook.tokens();
    await box.telephony.client.deleteWebhook(ours()[0]?.id ?? '');
    expect(await box.webhook.check()).toMatchObject({ did: 'created' });
    expect(box.webhook.tokens()).toEqual([ours()[0]?.token, oldToken]);
  });

  it('a webhook with missing events gets them back, and keeps additional events', async () => {
    box = await openAircallInABox();
    await box.telephony.client.reviveWebhook(ours()[0]?.id ?? '', ['call.ended', 'call.tagged']);
    expect(await box.webhook.check()).toMatchObject({ did: 'subscribed_more' });
    expect(new Set(ours()[0]?.events)).toEqual(new Set([...SUBSCRIBED_EVENTS, 'call.tagged']));
  });

  it('two webhooks that two nodes created concurrently are reduced to one', async () => {
    box = await openAircallInABox();
    const { client } = box.telephony;
    await box.advance(1_000);
    await client.createWebhook({ url: box.desk.url, customName: 'Outdial', events: [] });
    const kept = ours()[0]?.id;
    await box.webhook.check();
    expect(ours().map(({ id }) => id)).toEqual([kept]);
  });

  it('nodes that start concurrently share one webhook and know its token', async () => {
    box = await openAircallInABox();
    const { client } = box.telephony;
    await client.deleteWebhook(ours()[0]?.id ?? '');
    const nodes = Array.from({ length: 4 }, () => box.telephony.webhookAt(box.desk.url));
    const checks = await Promise.all(nodes.map((node) => node.check()));
    expect(checks.map(({ kind }) => kind)).toEqual(Array(4).fill('registered'));
    expect(ours()).toHaveLength(1);
    // A node that made one in vain kept the other's token; one that had looked before the last was made learns it.
    await Promise.all(nodes.map((node) => node.learn()));
    for (const node of nodes) expect(node.tokens()).toContain(ours()[0]?.token);
  });

  it('a webhook that another node has just created is accepted once its token is read', async () => {
    box = await openAircallInABox();
    const other = box.telephony.webhookAt(box.desk.url);
    await other.check();
    await box.telephony.client.deleteWebhook(ours()[0]?.id ?? '');
    await box.webhook.check();
    expect(other.tokens()).not.toContain(ours()[0]?.token);
    await other.learn();
    expect(other.tokens()[0]).toBe(ours()[0]?.token);
    expect(ours()).toHaveLength(1);
  });

  it('the token is read from Aircall at most once in half a minute, however many wrong tokens arrive', async () => {
    box = await openAircallInABox();
    const before = box.control.requests().length;
    const asked = () => box.control.requests().length - before;
    await Promise.all(Array.from({ length: 50 }, () => box.webhook.learn()));
    expect(asked()).toBe(1);
    await box.advance(29_000);
    await box.webhook.learn();
    expect(asked()).toBe(1);
    await box.advance(1_000);
    await box.webhook.learn();
    expect(asked()).toBe(2);
  });

  it('a start does not wait for the webhook while Aircall is down', async () => {
    box = await openAircallInABox();
    const known = box.webhook.tokens();
    box.control.addApiFault({ path: '/v1/webhooks', mode: 'status', status: 503, count: 1 });
    await box.webhook.learn();
    expect(box.webhook.tokens()).toEqual(known);
    // Silent: the answer to the delivery does not wait for it.
    await box.advance(30_000);
    box.control.addApiFault({ path: '/v1/webhooks', mode: 'never', count: 1 });
    const learning = box.webhook.learn();
    await box.advance(3_000);
    await learning;
  });

  it('two concurrent checks create one webhook', async () => {
    box = await openAircallInABox();
    await box.telephony.client.deleteWebhook(ours()[0]?.id ?? '');
    await Promise.all([box.webhook.check(), box.webhook.check()]);
    expect(ours()).toHaveLength(1);
  });

  describe('that is at an address that we had before', () => {
    const move = () => {
      const to = `${box.desk.url}/a-secret-path`;
      return { to, moved: box.telephony.webhookAt(to, [box.desk.url]) };
    };
    const at = (url: string) => box.control.webhooks().filter((webhook) => webhook.url === url);

    it('a webhook at an old address is replaced: the new one exists before the old one is deleted, and the old token stays valid', async () => {
      box = await openAircallInABox();
      const [oldToken] = box.webhook.tokens();
      const { to, moved } = move();
      expect(await moved.check()).toMatchObject({ kind: 'registered', did: 'moved' });
      expect(at(to)).toMatchObject([{ active: true, events: SUBSCRIBED_EVENTS }]);
      expect(ours()).toEqual([]);
      const order = box.control
        .requests()
        .filter(({ method, path }) => path.startsWith('/v1/webhooks') && method !== 'GET')
        .map(({ method }) => method);
      expect(order.slice(-2)).toEqual(['POST', 'DELETE']);
      expect(moved.tokens()).toEqual([at(to)[0]?.token]);
      expect(moved.formerTokens()).toEqual([oldToken]);
      expect(await moved.check()).toMatchObject({ did: 'nothing' });
      expect(moved.formerTokens()).toEqual([oldToken]);
    });

    it('a webhook at an old address stays until a new one can be created, so that no event is lost', async () => {
      box = await openAircallInABox();
      const { moved } = move();
      // 422: refused, as the 101st is.
      box.control.addApiFault({
        path: '/v1/webhooks',
        method: 'POST',
        mode: 'status',
        status: 422,
        count: 1,
      });
      expect(await moved.check()).toMatchObject({ kind: 'failed' });
      expect(ours()).toMatchObject([{ active: true }]);
      expect(moved.formerTokens()).toEqual(box.webhook.tokens());
      expect(await moved.check()).toMatchObject({ did: 'moved' });
    });

    it('a disabled webhook at an old address reports missed events', async () => {
      box = await openAircallInABox();
      box.control.switchWebhookOff(ours()[0]?.id ?? '');
      expect(await move().moved.check()).toMatchObject({ did: 'revived' });
    });

    it('a webhook of another registrant stays beside the new one', async () => {
      box = await openAircallInABox();
      const { client } = box.telephony;
      await client.createWebhook({ url: box.desk.url, customName: 'By hand', events: [] });
      const { moved } = move();
      await moved.check();
      expect(ours().map(({ customName }) => customName)).toEqual(['By hand']);
      expect(moved.formerTokens()).toContain(ours()[0]?.token);
    });
  });

  it('our webhook at Aircall leaves the webhooks of others alone', async () => {
    box = await openAircallInABox();
    const { client } = box.telephony;
    const other = { url: 'https://crm.example/hook', customName: 'CRM', events: ['call.ended'] };
    await client.createWebhook(other);
    await box.advance(1_000);
    await client.createWebhook({ url: box.desk.url, customName: 'By hand', events: [] });
    await box.webhook.check();
    expect(box.control.webhooks().map(({ customName }) => customName)).toEqual([
      'Outdial',
      'CRM',
      'By hand',
    ]);
  });

  it('our webhook at Aircall is found among a hundred', async () => {
    box = await openAircallInABox();
    for (let n = 0; n < 99; n++) {
      await box.telephony.client.createWebhook({
        url: `https://other.example/${n}`,
        customName: 'Other',
        events: ['call.ended'],
      });
    }
    expect(await box.webhook.check()).toMatchObject({ did: 'nothing' });
  });

  it('our webhook at Aircall tells a failure instead of throwing it, and goes on accepting what it knew', async () => {
    box = await openAircallInABox();
    const known = box.webhook.tokens();
    box.control.addApiFault({ path: '/v1/webhooks', mode: 'status', status: 503, count: 1 });
    expect(await box.webhook.check()).toMatchObject({ kind: 'failed', mayTryAgain: true });
    expect(box.webhook.tokens()).toEqual(known);
    box.revokeCredentials();
    expect(await box.webhook.check()).toMatchObject({ kind: 'failed', mayTryAgain: false });
  });

  it('our webhook at Aircall turns away what does not carry its token', async () => {
    box = await openAircallInABox({ mock: { webhooks: [] } });
    await box.telephony.client.createWebhook({
      url: `${box.desk.url}?forged`,
      customName: 'Another registrant',
      events: [],
    });
    box.control.setAvailability(456, 'offline');
    await box.advance(100);
    expect(box.desk.refused()).toBe(1);
    expect(box.desk.stored).toHaveLength(1);
  });
});
