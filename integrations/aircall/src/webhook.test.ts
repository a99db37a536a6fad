import { describe, expect, it } from 'vitest';
import { verifyWebhook } from './webhook.js';

const body = (content: unknown): Buffer => Buffer.from(JSON.stringify(content));
const event = { resource: 'call', event: 'call.created', token: 'secret', data: { id: 1 } };

describe('a delivery from Aircall', () => {
  it('a webhook is accepted by its token, which is removed before the event is stored', () => {
    const verified = verifyWebhook(body(event), ['secret']);
    expect(verified).toMatchObject({ ok: true, payload: { ...event, token: '[redacted]' } });
    expect(JSON.stringify(verified)).not.toContain('secret');
  });

  it('a webhook is accepted by any known token, because an old webhook may still deliver', () => {
    expect(verifyWebhook(body(event), ['newer', 'secret']).ok).toBe(true);
  });

  it('two deliveries are the same event only when their bytes are equal', () => {
    const key = (content: unknown) => {
      const verified = verifyWebhook(body(content), ['secret']);
      return verified.ok ? verified.dedupeKey : null;
    };
    expect(key(event)).toMatch(/^[0-9a-f]{64}$/);
    expect(key(event)).toBe(key({ ...event }));
    expect(key(event)).not.toBe(key({ ...event, timestamp: 2 }));
  });

  it('an event that two webhooks deliver with different tokens is one event', () => {
    const keys = ['secret', 'other'].map((token) => {
      const verified = verifyWebhook(body({ ...event, token }), ['secret', 'other']);
      return verified.ok ? verified.dedupeKey : null;
    });
    expect(keys[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(keys[1]).toBe(keys[0]);
  });

  it.each([
    ['the wrong token', { ...event, token: 'wrong' }],
    ['a part of the token', { ...event, token: 'secre' }],
    ['no token', { ...event, token: undefined }],
    ['a token that is no text', { ...event, token: ['secret'] }],
    ['an empty token', { ...event, token: '' }],
  ])('is turned away with %s', (_, content) => {
    expect(verifyWebhook(body(content), ['secret', ''])).toEqual({ ok: false, because: 'token' });
  });

  it('a webhook is refused while no token is known', () => {
    expect(verifyWebhook(body(event), [])).toEqual({ ok: false, because: 'token' });
  });

  it('a webhook that contains no event is refused', () => {
    expect(verifyWebhook(Buffer.from('<html>'), ['secret'])).toEqual({
      ok: false,
      because: 'not_json',
    });
    for (const content of [null, 7, 'secret', [event]]) {
      expect(verifyWebhook(body(content), ['secret'])).toEqual({
        ok: false,
        because: 'not_object',
      });
    }
  });
});
