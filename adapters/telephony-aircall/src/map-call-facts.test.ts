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

describe('an outbound call in which somebody picks up', () => {
  it('is dialing when Aircall creates it, and counts as ringing from then on', () => {
    const created = asCall(interpretEvent(eventOf('outbound-answered', 'call.created')));
    expect(created.facts).toEqual({ providerCallId: '780000001', ringingAt: startedAt });
  });

  it('counts as a person, because Aircall cannot tell a mailbox', () => {
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

  it('says the same of the call whether its name has gone by or not', () => {
    const facts = recorded('outbound-answered')
      .map((event) => interpretEvent(event))
      .filter((event) => event.kind === 'call')
      .map((event) => event.facts);
    const merged = Object.assign({}, ...facts) as CallFacts;
    expect(merged).toEqual(answered);
  });
});

describe('an outbound call that nobody picks up', () => {
  it('ended without an answer, at hanging up already', () => {
    for (const name of ['call.hungup', 'call.ended']) {
      expect(asCall(interpretEvent(eventOf('outbound-unanswered', name))).facts).toEqual({
        providerCallId: '780000001',
        ringingAt: startedAt,
        endedAt: at('15:09:22'),
        endCause: 'no_answer',
      });
    }
  });

  it('keeps what Aircall says of the reason', () => {
    const event = eventOf('outbound-unanswered', 'call.ended');
    const told = { ...event, data: { ...event.data, hangup_cause: 'USER_BUSY' } };
    expect(asCall(interpretEvent(told)).facts.endReason).toBe('USER_BUSY');
  });
});

describe('which of our calls an event means', () => {
  it('is told by who called whom and when, as placing told no id', () => {
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
  ])('is told by id alone when the event leaves out %s', (_, missing) => {
    const event = eventOf('outbound-answered', 'call.created');
    const call = asCall(interpretEvent({ ...event, data: { ...event.data, ...missing } }));
    expect(call.match).toEqual({ providerCallId: '780000001' });
    expect(call.manualIfUnmatched).toBe(false);
  });
});

describe('a call that the agent dialed by hand', () => {
  it('shows when a live call that nobody ordered is created or answered', () => {
    for (const name of ['call.created', 'call.answered']) {
      const call = asCall(interpretEvent(eventOf('outbound-answered', name)));
      expect(call.manualIfUnmatched).toBe(true);
    }
  });

  it('does not pause anybody once it is over, held, or tagged', () => {
    for (const name of ['call.hold', 'call.hungup', 'call.tagged', 'call.ended']) {
      const call = asCall(interpretEvent(eventOf('outbound-answered', name)));
      expect(call.manualIfUnmatched).toBe(false);
    }
  });
});

describe('an event that leaves out nearly everything', () => {
  it('still names its call', () => {
    const told = interpretEvent({ event: 'call.answered', data: { id: 9 } });
    expect(told).toEqual({
      kind: 'call',
      match: { providerCallId: '9' },
      facts: { providerCallId: '9' },
      manualIfUnmatched: false,
    });
  });

  it('ends the call when its name says so, counting from the start where it can', () => {
    const data = { id: 9, started_at: 1768489735, duration: 20 };
    const told = interpretEvent({ event: 'call.ended', timestamp: 1768489790, data });
    expect(asCall(told).facts.endedAt).toEqual(at('15:09:15'));
    const bare = interpretEvent({ event: 'call.hungup', timestamp: 1768489790, data: { id: 9 } });
    expect(asCall(bare).facts).toEqual({ providerCallId: '9', endedAt: at('15:09:50') });
  });

  it('does not claim that nobody answered when it does not say', () => {
    const data = { id: 9, status: 'done', ended_at: 1768489790 };
    expect(asCall(interpretEvent({ event: 'call.ended', data })).facts).not.toHaveProperty(
      'endCause',
    );
  });

  it('is not spoilt by fields of the wrong kind', () => {
    const event = eventOf('outbound-answered', 'call.created');
    const data = { ...event.data, status: 7, duration: 'long', number: 'Sales', user: [] };
    expect(asCall(interpretEvent({ ...event, data })).facts.ringingAt).toEqual(startedAt);
  });
});

describe('events about agents', () => {
  it('tell that the agent may be free or gone, with and without the .v2', () => {
    for (const event of recorded('agent-presence')) {
      expect(interpretEvent(event)).toEqual({
        kind: 'agent',
        agentProviderUserId: '456',
        agentEmail: 'alex@outdial.example',
      });
    }
  });

  it('tell so at the beginning and the end of wrap-up', () => {
    const wrapUp = recorded('outbound-answered').filter(({ event }) => event.startsWith('user.'));
    expect(wrapUp.map((event) => interpretEvent(event).kind)).toEqual(['agent', 'agent']);
  });
});

describe('events that are not for the dialer', () => {
  it('leaves calls that come in alone', () => {
    for (const event of recorded('inbound-missed')) {
      expect(interpretEvent(event)).toEqual({ kind: 'ignored', reason: 'An inbound call.' });
    }
  });

  it('gives the reason for each that it has no use for', () => {
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
