import { readFileSync } from 'node:fs';
import type { CallFacts, InterpretedEvent } from '@outdial/core';
import { describe, expect, it } from 'vitest';
import { interpretEvent } from './map-call-facts.js';

interface Recorded {
  readonly event: string;
  readonly timestamp: number;
  readonly data: Readonly<Record<string, unknown>>;
}

const recorded = (story: string): Recorded[] =>
  JSON.parse(
    readFileSync(new URL(`../fixtures/${story}.json`, import.meta.url), 'utf8'),
  ) as Recorded[];

const eventOf = (story: string, name: string): Recorded => {
  const event = recorded(story).find((candidate) => candidate.event === name);
  if (event === undefined) throw new Error(`The story ${story} has no ${name}`);
  return event;
};

const asCall = (event: InterpretedEvent): Extract<InterpretedEvent, { kind: 'call' }> => {
  if (event.kind !== 'call') throw new Error(`expected a call, got ${event.kind}`);
  return event;
};

const at = (time: string): Date => new Date(`2026-01-15T${time}Z`);
const startedAt = at('15:08:55');
const answered: CallFacts = {
  providerCallId: '780000001',
  ringingAt: startedAt,
  answeredAt: at('15:09:00'),
  endedAt: at('15:10:00'),
  endCause: 'hangup',
};

describe('an outbound call that a person answers', () => {
  it('a created call is dialing and counts as ringing', () => {
    const created = asCall(interpretEvent(eventOf('outbound-answered', 'call.created')));
    expect(created.facts).toEqual({ providerCallId: '780000001', ringingAt: startedAt });
  });

  it('a pick-up counts as a person, because Aircall does not detect mailboxes', () => {
    for (const story of ['outbound-answered', 'outbound-mailbox']) {
      const { facts } = asCall(interpretEvent(eventOf(story, 'call.answered')));
      expect(facts.answeredAt).toBeInstanceOf(Date);
      expect(facts).not.toHaveProperty('answeredBy');
    }
  });

  it.each(['call.hungup', 'call.ended', 'call.tagged', 'call.comm_assets_generated'])(
    'is known whole from %s alone, so that lost events do not matter',
    (name) => {
      expect(asCall(interpretEvent(eventOf('outbound-answered', name))).facts).toEqual(answered);
    },
  );

  it('an event gives the same facts under its old and its new name', () => {
    const facts = recorded('outbound-answered')
      .map((event) => interpretEvent(event))
      .filter((event) => event.kind === 'call')
      .map((event) => event.facts);
    const merged = Object.assign({}, ...facts) as CallFacts;
    expect(merged).toEqual(answered);
  });
});

describe('an unanswered outbound call', () => {
  it('an unanswered call ends with the hang-up event', () => {
    for (const name of ['call.hungup', 'call.ended']) {
      expect(asCall(interpretEvent(eventOf('outbound-unanswered', name))).facts).toEqual({
        providerCallId: '780000001',
        ringingAt: startedAt,
        endedAt: at('15:09:22'),
        endCause: 'no_answer',
      });
    }
  });

  it("an unanswered call keeps Aircall's reason", () => {
    const event = eventOf('outbound-unanswered', 'call.ended');
    const told = { ...event, data: { ...event.data, hangup_cause: 'USER_BUSY' } };
    expect(asCall(interpretEvent(told)).facts.endReason).toBe('USER_BUSY');
  });
});

describe('which of our calls an event means', () => {
  it('a placed call is identified by caller, callee and time, because placing returned no id', () => {
    const { match } = asCall(interpretEvent(eventOf('outbound-answered', 'call.created')));
    expect(match).toEqual({
      providerCallId: '780000001',
      placed: {
        agentProviderUserId: '456',
        agentEmail: 'alex@outdial.example',
        to: '+12025550143',
        startedAt,
      },
    });
  });

  it.each([
    ['+1 202-555-0143', 'US'],
    ['+1 202 555 0143', null],
    ['(202) 555-0143', 'US'],
    ['12025550143', 'us'],
  ])('reads the number written as %s', (rawDigits, country) => {
    const event = eventOf('outbound-answered', 'call.created');
    const data = { ...event.data, raw_digits: rawDigits, number: { id: 1234, country } };
    const { match } = asCall(interpretEvent({ ...event, data }));
    expect(match.placed?.to).toBe('+12025550143');
  });

  it.each([
    ['the agent', { user: undefined }],
    ['the number', { raw_digits: 'anonymous' }],
    ['the start', { started_at: null }],
    ['the direction', { direction: undefined }],
  ])('a placed call is identified by its id alone when the event leaves out %s', (_, missing) => {
    const event = eventOf('outbound-answered', 'call.created');
    const call = asCall(interpretEvent({ ...event, data: { ...event.data, ...missing } }));
    expect(call.match).toEqual({ providerCallId: '780000001' });
    expect(call.manualIfUnmatched).toBe(false);
  });
});

describe('a call that the agent dialed by hand', () => {
  it('a live call that the dialer did not order shows when it is created or answered', () => {
    for (const name of ['call.created', 'call.answered']) {
      const call = asCall(interpretEvent(eventOf('outbound-answered', name)));
      expect(call.manualIfUnmatched).toBe(true);
    }
  });

  it('a call that is over, held, or tagged pauses no session', () => {
    for (const name of ['call.hold', 'call.hungup', 'call.tagged', 'call.ended']) {
      const call = asCall(interpretEvent(eventOf('outbound-answered', name)));
      expect(call.manualIfUnmatched).toBe(false);
    }
  });
});

describe('an event that leaves out nearly everything', () => {
  it('a nearly empty event still identifies its call', () => {
    const told = interpretEvent({ event: 'call.answered', data: { id: 9 } });
    expect(told).toEqual({
      kind: 'call',
      match: { providerCallId: '9' },
      facts: { providerCallId: '9' },
      manualIfUnmatched: false,
    });
  });

  it('a nearly empty end event ends the call, with a time derived from the start where possible', () => {
    const data = { id: 9, started_at: 1768489735, duration: 20 };
    const told = interpretEvent({ event: 'call.ended', timestamp: 1768489790, data });
    expect(asCall(told).facts.endedAt).toEqual(at('15:09:15'));
    const bare = interpretEvent({ event: 'call.hungup', timestamp: 1768489790, data: { id: 9 } });
    expect(asCall(bare).facts).toEqual({ providerCallId: '9', endedAt: at('15:09:50') });
  });

  it('a call is not called unanswered when the payload does not say', () => {
    const data = { id: 9, status: 'done', ended_at: 1768489790 };
    expect(asCall(interpretEvent({ event: 'call.ended', data })).facts).not.toHaveProperty(
      'endCause',
    );
  });

  it('fields of the wrong type do not invalidate an event', () => {
    const event = eventOf('outbound-answered', 'call.created');
    const data = { ...event.data, status: 7, duration: 'long', number: 'Sales', user: [] };
    expect(asCall(interpretEvent({ ...event, data })).facts.ringingAt).toEqual(startedAt);
  });
});

describe('events about agents', () => {
  it('agent events report a changed availability, with and without the .v2', () => {
    for (const event of recorded('agent-presence')) {
      expect(interpretEvent(event)).toEqual({
        kind: 'agent',
        agentProviderUserId: '456',
        agentEmail: 'alex@outdial.example',
      });
    }
  });

  it('agent events report the beginning and the end of wrap-up', () => {
    const wrapUp = recorded('outbound-answered').filter(({ event }) => event.startsWith('user.'));
    expect(wrapUp.map((event) => interpretEvent(event).kind)).toEqual(['agent', 'agent']);
  });
});

describe('events that are not for the dialer', () => {
  it('events of inbound calls are ignored', () => {
    for (const event of recorded('inbound-missed')) {
      expect(interpretEvent(event)).toEqual({ kind: 'ignored', reason: 'An inbound call.' });
    }
  });

  it('an ignored event carries the reason', () => {
    expect(recorded('of-no-use').map((event) => interpretEvent(event))).toEqual([
      { kind: 'ignored', reason: 'The dialer has no use for contact.updated.' },
      { kind: 'ignored', reason: 'The dialer has no use for number.opened.' },
      {
        kind: 'ignored',
        reason: 'user.created.v2 says nothing about whether an agent can take calls.',
      },
      { kind: 'ignored', reason: 'The call event call.teleported is not known.' },
      { kind: 'ignored', reason: 'The dialer has no use for message.received.' },
    ]);
  });

  it.each([
    [null],
    ['hello'],
    [{}],
    [{ event: 'call.created' }],
    [{ event: 'call.created', data: {} }],
    [{ event: 'user.opened', data: null }],
  ])('survives %j', (payload) => {
    expect(interpretEvent(payload).kind).toBe('ignored');
  });
});

describe('a call that the agent hands on', () => {
  const live = eventOf('outbound-answered', 'call.answered');
  const colleague = { id: 999, name: 'Agent Two', email: 'two@example.com' };
  const handedOn = {
    ...live,
    event: 'call.transferred',
    timestamp: live.timestamp + 20,
    data: {
      ...live.data,
      user: colleague,
      transferred_by: live.data.user,
      transferred_to: colleague,
    },
  };
  const leftAt = new Date((live.timestamp + 20) * 1000);

  it('a transferred call belongs to its agent, and continues without them', () => {
    const { facts, match, manualIfUnmatched } = asCall(interpretEvent(handedOn));
    expect(facts).toMatchObject({ providerCallId: '780000001', agentLeftAt: leftAt });
    expect(facts.endedAt).toBeUndefined();
    const before = asCall(interpretEvent(live)).match;
    expect(match).toEqual(before);
    expect(manualIfUnmatched).toBe(false);
  });

  it('a transfer to an outside number counts like a transfer to a colleague', () => {
    const { transferred_by: _by, transferred_to: _to, ...data } = handedOn.data;
    const outside = { ...handedOn, event: 'call.external_transferred', data };
    expect(asCall(interpretEvent(outside)).facts).toMatchObject({ agentLeftAt: leftAt });
  });

  it('a failed transfer stays with the agent', () => {
    const failed = { ...live, event: 'call.unsuccessful_transfer' };
    expect(asCall(interpretEvent(failed)).facts.agentLeftAt).toBeUndefined();
  });

  it('every later event of a transferred call shows the transfer too', () => {
    const ended = eventOf('outbound-answered', 'call.ended');
    const data = { ...ended.data, user: colleague, transferred_by: live.data.user };
    const { facts } = asCall(interpretEvent({ ...ended, data }));
    expect(facts.agentLeftAt).toEqual(facts.endedAt);
  });
});
