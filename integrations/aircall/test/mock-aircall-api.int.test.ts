import { afterEach, describe, expect, it } from 'vitest';
import { openStage, type Stage } from './mock-aircall-stage.js';

let stage: Stage;
afterEach(() => stage.close());

describe('who may ask', () => {
  it('the mock answers 401 without a credential', async () => {
    stage = await openStage();
    const response = await fetch(`${stage.url}/v1/ping`, { headers: { connection: 'close' } });
    expect([response.status, await response.json()]).toEqual([401, { message: 'Unauthorized' }]);
  });

  it('the mock answers 403 for a wrong credential, Basic or Bearer', async () => {
    stage = await openStage();
    for (const authorization of ['Basic bm86bm8=', 'Bearer unknown', 'Digest x']) {
      const answer = await stage.api('GET', '/v1/ping', undefined, { authorization });
      expect([answer.status, answer.body]).toEqual([403, { message: 'Forbidden' }]);
    }
  });

  it('the mock accepts the API key and the bearer token', async () => {
    stage = await openStage();
    expect((await stage.api('GET', '/v1/ping')).body).toEqual({ ping: 'pong' });
    const bearer = await stage.api('GET', '/v1/company', undefined, {
      authorization: 'Bearer mock-bearer',
    });
    expect(bearer.body).toEqual({
      company: { name: 'Outdial Mock Company', users_count: 3, numbers_count: 2 },
    });
  });
});

describe('what does not exist', () => {
  it('the mock answers 404 for an unknown path and an unknown id in the documented forms', async () => {
    stage = await openStage();
    const path = await stage.api('GET', '/v1/nothing');
    expect([path.status, path.body]).toEqual([404, { message: 'Not Found' }]);
    for (const unknown of [
      '/v1/calls/1',
      '/v1/numbers/1',
      '/v1/users/1/availability',
      '/v2/users/x@y.example',
      '/v1/calls/abc',
    ]) {
      const answer = await stage.api('GET', unknown);
      expect([answer.status, answer.body]).toEqual([
        404,
        { error: 'Not Found', troubleshoot: expect.any(String) },
      ]);
    }
  });

  it('the mock refuses a body that is not declared as JSON', async () => {
    stage = await openStage();
    const answer = await stage.api(
      'POST',
      '/v1/webhooks',
      { url: stage.receiverUrl },
      { 'content-type': 'text/plain' },
    );
    expect(answer.status).toBe(400);
  });
});

describe('users', () => {
  it('users are read by id or e-mail on v2, with their numbers separately', async () => {
    stage = await openStage();
    const byId = await stage.api('GET', '/v2/users/456');
    const byEmail = await stage.api('GET', '/v2/users/alex%40outdial.example');
    expect(byId.body).toEqual(byEmail.body);
    expect(byId.body).toMatchObject({
      user: { id: 456, email: 'alex@outdial.example', wrap_up_time: 0 },
    });
    expect(byId.body.user).not.toHaveProperty('numbers');
    const numbers = await stage.api('GET', '/v2/users/456/numbers');
    expect(numbers.body).toMatchObject({
      numbers: [{ id: 1234, digits: '+1 202-555-0100' }, { id: 1235 }],
    });
  });

  it('users cannot be read on v1 after the removal date', async () => {
    stage = await openStage();
    expect((await stage.api('GET', '/v1/users')).status).toBe(200);
    stage.control.setBehaviour({ v1UserReads: 'not_found' });
    expect((await stage.api('GET', '/v1/users')).status).toBe(404);
    expect((await stage.api('GET', '/v1/users/456')).status).toBe(404);
    stage.control.setBehaviour({ v1UserReads: 'gone' });
    expect((await stage.api('GET', '/v1/users')).status).toBe(410);
    expect((await stage.api('GET', '/v1/users/456/availability')).body).toEqual({
      availability: 'available',
    });
  });

  it('users show do-not-disturb and offline immediately', async () => {
    stage = await openStage();
    stage.control.setAvailability(457, 'do_not_disturb');
    stage.control.setAvailability(458, 'offline');
    const list = await stage.api('GET', '/v1/users/availabilities');
    expect(list.body.users).toEqual([
      { id: 456, availability: 'available' },
      { id: 457, availability: 'do_not_disturb' },
      { id: 458, availability: 'offline' },
    ]);
  });
});

describe('lists', () => {
  it('lists lists have pages that link to the next one', async () => {
    stage = await openStage();
    const first = await stage.api('GET', '/v2/users?per_page=2');
    expect(first.body.meta).toMatchObject({
      count: 2,
      total: 3,
      current_page: 1,
      per_page: 2,
      previous_page_link: null,
    });
    const next = (first.body.meta as { next_page_link: string }).next_page_link;
    const second = await stage.api('GET', next.slice(stage.url.length));
    expect(second.body).toMatchObject({
      meta: { current_page: 2, next_page_link: null },
      users: [{ id: 458 }],
    });
  });

  it('lists lists refuse or clamp more than 50 per page, as configured', async () => {
    stage = await openStage();
    expect((await stage.api('GET', '/v2/users?per_page=51')).status).toBe(400);
    stage.control.setBehaviour({ perPageOver50: 'clamp' });
    expect((await stage.api('GET', '/v2/users?per_page=51')).body.meta).toMatchObject({
      per_page: 50,
    });
  });
});

describe('the rate limit', () => {
  it('the rate limit is shared by the account and resets after a minute', async () => {
    stage = await openStage({ behaviour: { rateLimit: { perMinute: 2 } } });
    await stage.api('GET', '/v1/ping');
    const second = await stage.api('GET', '/v1/ping', undefined, {
      authorization: 'Bearer mock-bearer',
    });
    expect(second.headers.get('x-aircallapi-limit')).toBeNull();
    const third = await stage.api('GET', '/v1/ping');
    expect(third.status).toBe(429);
    expect(third.headers.get('x-aircallapi-limit')).toBe('2');
    expect(third.headers.get('x-aircallapi-remaining')).toBe('0');
    expect(Number(third.headers.get('x-aircallapi-reset'))).toBe(
      Date.UTC(2026, 0, 15, 15, 1, 0) / 1000,
    );
    await stage.control.advance(60);
    expect((await stage.api('GET', '/v1/ping')).status).toBe(200);
  });

  it('the rate limit can report its state on every answer, in milliseconds', async () => {
    stage = await openStage({ behaviour: { rateLimit: { headers: 'always', resetUnit: 'ms' } } });
    const { headers } = await stage.api('GET', '/v1/ping');
    expect(headers.get('x-aircallapi-remaining')).toBe('119');
    expect(Number(headers.get('x-aircallapi-reset'))).toBeGreaterThan(1e12);
  });
});

describe('dialer campaigns', () => {
  it('a dialer campaign refuses numbers that it already has, and adds the rest', async () => {
    stage = await openStage();
    const path = '/v1/users/456/dialer_campaign';
    expect((await stage.api('GET', path)).status).toBe(404);
    expect((await stage.api('POST', path, { phone_numbers: ['+12025550143'] })).status).toBe(204);
    const again = await stage.api('POST', path, {
      phone_numbers: ['+12025550143', '+12025550144'],
    });
    expect([again.status, again.body]).toEqual([
      422,
      {
        error: 'Unprocessable Entity',
        success: false,
        errors: { dialer_campaign: ['+12025550143 already imported, but not called'] },
      },
    ]);
    const list = await stage.api('GET', `${path}/phone_numbers`);
    expect(list.body.numbers).toMatchObject([
      { number: '+12025550143', called: false },
      { number: '+12025550144' },
    ]);
    expect((await stage.api('DELETE', path)).status).toBe(204);
    expect((await stage.api('GET', path)).status).toBe(404);
  });

  it('a dialer campaign marks a number as called when the agent calls it', async () => {
    stage = await openStage();
    const path = '/v1/users/456/dialer_campaign';
    await stage.api('POST', path, { phone_numbers: ['+12025550143'] });
    stage.control.agentDials(456, '+12025550143');
    const list = await stage.api('GET', `${path}/phone_numbers`);
    expect(list.body.numbers).toMatchObject([{ called: true }]);
  });
});

describe('tags, teams and contacts', () => {
  it('tag names are unique', async () => {
    stage = await openStage();
    expect((await stage.api('POST', '/v1/tags', { name: 'Fresh' })).status).toBe(201);
    expect((await stage.api('POST', '/v1/tags', { name: 'Fresh' })).status).toBe(400);
  });

  it('agents can be moved into and out of teams', async () => {
    stage = await openStage();
    const joined = await stage.api('POST', '/v1/teams/21/users/458');
    expect(joined.body).toMatchObject({ team: { users: [{ id: 456 }, { id: 457 }, { id: 458 }] } });
    const left = await stage.api('DELETE', '/v1/teams/21/users/456');
    expect(left.body).toMatchObject({ team: { users: [{ id: 457 }, { id: 458 }] } });
  });

  it('a contact is updated by POST and found by its number', async () => {
    stage = await openStage();
    const created = await stage.api('POST', '/v1/contacts', {
      first_name: 'Robin',
      phone_numbers: [{ label: 'Work', value: '+12025550155' }],
    });
    const { id } = created.body.contact as { id: number };
    await stage.api('POST', `/v1/contacts/${id}`, { last_name: 'Example' });
    const search = await stage.api('GET', '/v1/contacts/search?phone_number=%2B12025550155');
    expect(search.body.contacts).toMatchObject([{ id, first_name: 'Robin', last_name: 'Example' }]);
  });
});
