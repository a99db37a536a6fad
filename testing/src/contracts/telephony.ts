import type { CallFacts } from '@outdial/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type {
  AgentState,
  Fate,
  TelephonyExceptions,
  TelephonyHarness,
} from './telephony-harness.js';
import { asStored, merge, ROUNDING_MS, SOON_MS, Trial, type TrialCall } from './telephony-trial.js';

export type {
  AgentState,
  CapturedEvent,
  Fate,
  TelephonyExceptions,
  TelephonyHarness,
} from './telephony-harness.js';

/** Fates of calls that are placed and come to an end by themselves. */
const ENDING: readonly Fate[] = ['answers', 'never_answers', 'busy', 'voicemail'];

/**
 * The definition of "works" for a telephony adapter; `TelephonyHarness` says what the adapter's test brings. Call it once,
 * at the top level of a test file.
 */
export function telephonyContract(
  name: string,
  createHarness: () => Promise<TelephonyHarness>,
): void {
  const promise = (
    title: string,
    keep: (trial: Trial) => Promise<void>,
    unless?: keyof TelephonyExceptions,
  ): void => {
    test(title, async ({ skip }) => {
      const harness = await createHarness();
      try {
        const exception = unless && harness.exceptions[unless];
        skip(exception !== undefined, exception);
        await keep(new Trial(harness));
      } finally {
        await harness.close();
      }
    });
  };

  describe(`${name}: what it says of itself`, () => {
    promise(
      'what it says of itself only a provider that can end calls offers more than one line',
      async (trial) => {
        const { capabilities, name: own } = trial.harness.telephony;
        expect(own).toMatch(/^[a-z][a-z-]*$/);
        expect(Number.isInteger(capabilities.maxLinesPerAgent)).toBe(true);
        expect(capabilities.maxLinesPerAgent).toBeGreaterThanOrEqual(1);
        if (capabilities.maxLinesPerAgent > 1) expect(capabilities.canHangUp).toBe(true);
      },
    );
  });

  describe(`${name}: how calls go`, () => {
    promise('a placed call has the id that its events carry', async (trial) => {
      const call = await trial.place('answers');
      const { capabilities } = trial.harness.telephony;
      if (capabilities.returnsCallId) {
        expect(call.answer).toEqual({ kind: 'accepted', providerCallId: expect.any(String) });
      } else {
        expect(call.answer).toEqual({ kind: 'accepted', providerCallId: null });
      }
      await trial.untilOver(call);
      const ids = (await trial.eventsOf(call)).map(({ facts }) => facts.providerCallId);
      expect(new Set(ids)).toHaveLength(1);
      expect(ids[0]).toEqual((await trial.refOf(call)).providerCallId);
    });

    promise('a person who answers is reported as answered, then as ended', async (trial) => {
      const call = await trial.place('answers');
      const answered = await trial.until(
        call,
        'answered',
        (facts) => facts.answeredAt !== undefined,
      );
      expect(answered.endedAt).toBeUndefined();
      const facts = await trial.untilOver(call);
      expect(facts.answeredBy).toBe(
        trial.harness.telephony.capabilities.detectsMachines ? 'PERSON' : undefined,
      );
      expect(facts.endCause).toBe('hangup');
      expectTimesInOrder(facts, call, await trial.harness.now());
    });

    promise('a phone that is not picked up ends unanswered', async (trial) => {
      const call = await trial.place('never_answers');
      const facts = await trial.untilOver(call);
      expect(facts.endCause).toBe('no_answer');
      expectUnanswered(facts);
      expectTimesInOrder(facts, call, await trial.harness.now());
    });

    promise('a busy line is never reported as answered', async (trial) => {
      const call = await trial.place('busy');
      expectUnanswered(await trial.untilOver(call));
    });

    promise(
      'a busy line is distinguished from an unanswered phone',
      async (trial) => {
        const facts = await trial.untilOver(await trial.place('busy'));
        expect(facts.endCause).toBe('busy');
      },
      'busy_told_apart',
    );

    promise(
      'a mailbox is distinguished from a person where the provider can, and counts as a person where it cannot',
      async (trial) => {
        const facts = await trial.untilOver(await trial.place('voicemail'));
        if (trial.harness.telephony.capabilities.detectsMachines) {
          expect(facts.answeredBy).toBe('MACHINE');
          expect(facts.endCause).toBe('voicemail');
        } else {
          expect(facts.answeredAt).toBeInstanceOf(Date);
          expect(facts.answeredBy).toBeUndefined();
        }
      },
    );

    promise(
      'a number out of service fails, and says so in words',
      async (trial) => {
        const facts = await trial.untilOver(await trial.place('out_of_service'));
        expect(facts.endCause).toBe('failed');
        expect(facts.endReason).toMatch(/\w/);
        expectUnanswered(facts);
      },
      'out_of_service',
    );

    promise('two calls at once are never taken for one another', async (trial) => {
      const [first, second] = trial.harness.agents;
      const one = await trial.place('answers', first);
      const other = await trial.place('never_answers', second);
      const answered = await trial.untilOver(one);
      const unanswered = await trial.untilOver(other);
      expect(answered.answeredAt).toBeInstanceOf(Date);
      expectUnanswered(unanswered);
      expect(answered.providerCallId).not.toBe(unanswered.providerCallId);
    });

    promise(
      'an agent gets as many lines as promised, and one more is refused for now',
      async (trial) => {
        const { maxLinesPerAgent } = trial.harness.telephony.capabilities;
        const calls: TrialCall[] = [];
        for (let line = 0; line < maxLinesPerAgent; line += 1) {
          calls.push(await trial.place('answers_at_length'));
        }
        for (const call of calls) {
          expect(call.answer.kind).toBe('accepted');
          await trial.until(call, 'answered', (facts) => facts.answeredAt !== undefined);
        }
        for (const call of calls) expect((await trial.factsOf(call)).endedAt).toBeUndefined();
        const { answer } = await trial.place('answers');
        expect(answer).toMatchObject({ kind: 'refused', because: 'agent_busy' });
      },
    );
  });

  describe(`${name}: when placing goes wrong`, () => {
    promise('a number that cannot be called is refused because of the number', async (trial) => {
      const call = await trial.place('refused');
      expect(call.answer).toMatchObject({ kind: 'refused', because: 'number' });
      expectMessage(call);
      await expectNothingHappened(trial, call);
    });

    promise('a lost answer is unknown, never refused', async (trial) => {
      for (const [fate, agent] of [
        ['answer_lost', trial.harness.agents[0]],
        ['request_lost', trial.harness.agents[1]],
      ] as const) {
        const call = await trial.place(fate, agent);
        expect(call.answer.kind).toBe('unknown');
        expectMessage(call);
      }
    });

    promise('a call whose answer was lost is still followed to its end', async (trial) => {
      const call = await trial.place('answer_lost');
      const facts = await trial.untilOver(call);
      expect(facts.answeredAt).toBeInstanceOf(Date);
      await expectLookUpAgrees(trial, call, facts);
    });

    promise(
      'a call that was never made, though the answer was lost, is not found',
      async (trial) => {
        const call = await trial.place('request_lost');
        await expectNothingHappened(trial, call);
      },
    );

    promise('a call that the provider took and forgot is not found', async (trial) => {
      const call = await trial.place('forgotten');
      expect(call.answer.kind).toBe('accepted');
      await expectNothingHappened(trial, call);
    });

    promise(
      'a provider that is down costs no lead its call, and works again afterwards',
      async (trial) => {
        const { harness } = trial;
        await harness.setDown(true);
        const call = await trial.place('answers');
        if (call.answer.kind === 'refused') expect(call.answer.because).toBe('later');
        else expect(call.answer.kind).toBe('unknown');
        expectMessage(call);
        await harness.setDown(false);
        await harness.advance(SOON_MS);
        const again = await trial.place('answers', harness.agents[1]);
        expect(again.answer.kind).toBe('accepted');
        expect((await trial.untilOver(again)).answeredAt).toBeInstanceOf(Date);
      },
    );

    promise(
      'wrong credentials are a matter for a person, not for another try',
      async (trial) => {
        await trial.harness.revokeCredentials();
        const call = await trial.place('answers');
        expect(call.answer).toMatchObject({ kind: 'refused', because: 'configuration' });
        expectMessage(call);
      },
      'credentials',
    );
  });

  describe(`${name}: ending calls`, () => {
    promise('a ringing phone stops when the dialer hangs up', async (trial) => {
      const call = await trial.place('never_answers');
      if (!(await hangsUp(trial, call))) return;
      const facts = await trial.untilOver(call);
      expect(facts.endCause).toBe('canceled');
      expectUnanswered(facts);
      await expectLookUpAgrees(trial, call, facts);
    });

    promise('a conversation ends when the dialer hangs up', async (trial) => {
      const call = await trial.place('answers_at_length');
      await trial.until(call, 'answered', (facts) => facts.answeredAt !== undefined);
      if (!(await hangsUp(trial, call))) return;
      const facts = await trial.untilOver(call);
      expect(facts.endCause).toBe('hangup');
      expectTimesInOrder(facts, call, await trial.harness.now());
      await expectLookUpAgrees(trial, call, facts);
    });

    promise('a call that is over can be hung up again without harm', async (trial) => {
      for (const [fate, agent] of [
        ['answers', trial.harness.agents[0]],
        ['never_answers', trial.harness.agents[1]],
      ] as const) {
        const call = await trial.place(fate, agent);
        const before = await trial.untilOver(call);
        await hangsUp(trial, call);
        await hangsUp(trial, call);
        await trial.harness.advance(SOON_MS);
        expect(await trial.factsOf(call)).toEqual(before);
        await expectLookUpAgrees(trial, call, before);
      }
    });

    promise('hanging up with a provider that is down fails, and works later', async (trial) => {
      const call = await trial.place('answers_at_length');
      await trial.until(call, 'answered', (facts) => facts.answeredAt !== undefined);
      await trial.harness.setDown(true);
      const answer = await trial.harness.telephony.hangUp(await trial.refOf(call));
      const { canHangUp } = trial.harness.telephony.capabilities;
      expect(answer.kind).toBe(canHangUp ? 'failed' : 'unsupported');
      await trial.harness.setDown(false);
      if (await hangsUp(trial, call)) await trial.untilOver(call);
    });
  });

  describe(`${name}: looking calls up`, () => {
    promise('looking up a call that was never placed says so', async (trial) => {
      const to = await trial.harness.arrange('answers');
      const ref = {
        callId: '01950000-0000-7000-8000-999999999999',
        to,
        agent: trial.harness.agents[0],
        dialedAt: await trial.harness.now(),
        ringSeconds: 25,
        attempt: 1,
      };
      await trial.harness.advance(SOON_MS);
      const { telephony } = trial.harness;
      expect(await telephony.lookUp({ ...ref, providerCallId: null })).toEqual({
        kind: 'not_found',
      });
      expect(await telephony.lookUp({ ...ref, providerCallId: '4711' })).toEqual({
        kind: 'not_found',
      });
    });

    promise('looking up a call under way tells what has happened so far', async (trial) => {
      const call = await trial.place('answers_at_length');
      const facts = await trial.until(call, 'answered', (known) => known.answeredAt !== undefined);
      await expectLookUpAgrees(trial, call, facts);
    });

    for (const fate of ENDING) {
      promise(
        `looking up a call that is over tells what its events told: ${fate}`,
        async (trial) => {
          const call = await trial.place(fate);
          await expectLookUpAgrees(trial, call, await trial.untilOver(call));
        },
      );
    }

    promise('a call whose every event was lost is still found, with its end', async (trial) => {
      await trial.harness.loseEvents(true);
      const call = await trial.place('answers');
      await trial.harness.advance(SOON_MS);
      expect(await trial.eventsOf(call)).toEqual([]);
      const found = await trial.harness.telephony.lookUp(await trial.refOf(call));
      expect(found).toMatchObject({
        kind: 'found',
        facts: {
          providerCallId: expect.any(String),
          answeredAt: expect.any(Date),
          endedAt: expect.any(Date),
          endCause: 'hangup',
        },
      });
    });

    promise('a provider that is down never says that there is no such call', async (trial) => {
      const call = await trial.place('answers_at_length');
      const ref = await trial.refOf(call);
      await trial.harness.setDown(true);
      const answer = await trial.harness.telephony.lookUp(ref);
      expect(answer).toEqual({ kind: 'unreachable', message: expect.stringMatching(/\w/) });
    });
  });

  describe(`${name}: what events say`, () => {
    for (const fate of ENDING) {
      promise(`the same event twice says the same: ${fate}`, async (trial) => {
        await trial.untilOver(await trial.place(fate));
        const { telephony } = trial.harness;
        const payloads = await trial.payloads();
        expect(payloads.length).toBeGreaterThan(0);
        for (const payload of payloads) {
          const first = telephony.interpret(payload);
          expect(telephony.interpret(payload)).toEqual(first);
          expect(telephony.interpret(asStored(payload))).toEqual(first);
        }
      });

      promise(`facts merged in any order come to the same end: ${fate}`, async (trial) => {
        const call = await trial.place(fate);
        await trial.untilOver(call);
        await trial.harness.advance(SOON_MS);
        const facts = (await trial.eventsOf(call)).map((event) => event.facts);
        const inOrder = merge(facts);
        const twice = [...facts, ...facts];
        const arrivals = fc.shuffledSubarray(twice, { minLength: twice.length });
        fc.assert(
          fc.property(arrivals, (arrived) => {
            expect(merge(arrived)).toEqual(inOrder);
          }),
          { seed: 1, numRuns: 200 },
        );
        for (const fact of facts) expect('endedAt' in fact).toBe('endCause' in fact);
      });

      promise(`an event delivered again is recognised by its key: ${fate}`, async (trial) => {
        await trial.untilOver(await trial.place(fate));
        await trial.harness.advance(SOON_MS);
        const events = await trial.harness.events();
        const keys = new Set(events.map(({ dedupeKey }) => dedupeKey));
        const bodies = new Set(events.map(({ payload }) => JSON.stringify(payload)));
        expect(keys.size).toBe(bodies.size);
        for (const key of keys) expect(key).toMatch(/\S/);
      });
    }

    promise('an unknown event is kept and ignored, with the reason', async (trial) => {
      const { telephony } = trial.harness;
      const strange: unknown[] = [
        null,
        undefined,
        42,
        'call.answered',
        [],
        {},
        { event: 'call.teleported', resource: 'call', data: {} },
        { event: 'answered' },
      ];
      for (const payload of strange) expectIgnored(telephony.interpret(payload));
      fc.assert(
        fc.property(fc.anything(), (payload) => expectIgnored(telephony.interpret(payload))),
        { seed: 1, numRuns: 300 },
      );
    });

    promise('a damaged event never stops the reader', async (trial) => {
      await trial.untilOver(await trial.place('answers'));
      const { telephony } = trial.harness;
      const payloads = await trial.payloads();
      fc.assert(
        fc.property(
          fc.constantFrom(...payloads),
          fc.nat({ max: 200 }),
          fc.oneof(fc.jsonValue(), fc.constant(undefined)),
          (payload, place, damage) => {
            const read = telephony.interpret(damaged(payload, place, damage));
            expect(['call', 'agent', 'ignored']).toContain(read.kind);
            if (read.kind === 'ignored') expectIgnored(read);
            if (read.kind === 'call') expectSoundTimes(read.facts);
          },
        ),
        { seed: 1, numRuns: 500 },
      );
    });
  });

  describe(`${name}: whether an agent may take a call`, () => {
    promise('an agent who is ready is ready', async (trial) => {
      for (const agent of trial.harness.agents) {
        expect(await trial.harness.telephony.availability(agent)).toEqual({ kind: 'ready' });
      }
    });

    const states: readonly (readonly [Exclude<AgentState, 'ready'>, object, string])[] = [
      ['busy', { kind: 'busy' }, 'an agent who is busy at the provider is asked again soon'],
      [
        'do_not_disturb',
        { kind: 'away', because: 'do_not_disturb' },
        'an agent who does not want to be disturbed is left alone',
      ],
      ['offline', { kind: 'away', because: 'offline' }, 'an agent who is offline gets no call'],
    ];
    for (const [state, availability, title] of states) {
      promise(title, async (trial) => {
        const { harness } = trial;
        const [agent, other] = harness.agents;
        if (!harness.telephony.capabilities.reportsAvailability) return;
        await harness.setAvailability(agent, state);
        expect(await harness.telephony.availability(agent)).toMatchObject(availability);
        const { answer } = await trial.place('answers', agent);
        expect(answer.kind).toBe('refused');
        if (answer.kind === 'refused') expect(answer.because).toMatch(/^agent_(busy|absent)$/);
        expect(await harness.telephony.availability(other)).toEqual({ kind: 'ready' });
        await harness.setAvailability(agent, 'ready');
        expect(await harness.telephony.availability(agent)).toEqual({ kind: 'ready' });
      });
    }

    promise('a provider that is down cannot say, and does not pretend to', async (trial) => {
      await trial.harness.setDown(true);
      const answer = await trial.harness.telephony.availability(trial.harness.agents[0]);
      const { reportsAvailability } = trial.harness.telephony.capabilities;
      expect(answer.kind).toBe(reportsAvailability ? 'unreachable' : 'ready');
    });
  });
}

/** Asks for the hang-up; false where the provider cannot, after making sure that it says so and leaves the call alone. */
async function hangsUp(trial: Trial, call: TrialCall): Promise<boolean> {
  const { telephony } = trial.harness;
  if (telephony.capabilities.canHangUp) {
    expect(await telephony.hangUp(await trial.refOf(call))).toEqual({ kind: 'done' });
    return true;
  }
  const before = await trial.factsOf(call);
  expect(await telephony.hangUp(await trial.refOf(call))).toEqual({ kind: 'unsupported' });
  expect((await trial.factsOf(call)).endedAt).toEqual(before.endedAt);
  return false;
}

async function expectNothingHappened(trial: Trial, call: TrialCall): Promise<void> {
  await trial.harness.advance(SOON_MS);
  expect(await trial.eventsOf(call)).toEqual([]);
  const answer = await trial.harness.telephony.lookUp(await trial.refOf(call));
  expect(answer).toEqual({ kind: 'not_found' });
}

async function expectLookUpAgrees(trial: Trial, call: TrialCall, told: CallFacts): Promise<void> {
  const answer = await trial.harness.telephony.lookUp(await trial.refOf(call));
  const essence = ({ providerCallId, answeredAt, answeredBy, endedAt, endCause }: CallFacts) => ({
    providerCallId,
    answeredAt,
    answeredBy,
    endedAt,
    endCause,
  });
  expect(answer.kind).toBe('found');
  if (answer.kind === 'found') expect(essence(answer.facts)).toEqual(essence(told));
}

function expectUnanswered(facts: CallFacts): void {
  expect(facts.answeredAt).toBeUndefined();
  expect(facts.answeredBy).toBeUndefined();
}

function expectTimesInOrder(facts: CallFacts, call: TrialCall, now: Date): void {
  const times = [facts.ringingAt, facts.answeredAt, facts.endedAt].filter((at) => at !== undefined);
  const asNumbers = times.map((at) => at.getTime());
  expect(asNumbers).toEqual([...asNumbers].sort((a, b) => a - b));
  expect(asNumbers[0]).toBeGreaterThanOrEqual(call.dialedAt.getTime() - ROUNDING_MS);
  expect(asNumbers.at(-1)).toBeLessThanOrEqual(now.getTime() + ROUNDING_MS);
}

function expectSoundTimes({ ringingAt, answeredAt, endedAt }: CallFacts): void {
  for (const at of [ringingAt, answeredAt, endedAt]) {
    if (at !== undefined) expect(Number.isNaN(at.getTime())).toBe(false);
  }
}

function expectIgnored(event: { kind: string; reason?: string }): void {
  expect(event).toEqual({ kind: 'ignored', reason: expect.stringMatching(/\w/) });
}

/** Messages are for people, and phone numbers are personal. */
function expectMessage({ answer, order }: TrialCall): void {
  if (answer.kind === 'accepted') return;
  expect(answer.message).toMatch(/\w/);
  expect(answer.message).not.toContain(order.to);
}

/** A copy with one value, found by counting through all of them, replaced or taken away. */
function damaged(payload: unknown, place: number, damage: unknown): unknown {
  let left = place;
  const copy = (value: unknown): unknown => {
    if (left-- === 0) return damage;
    if (Array.isArray(value)) return value.map(copy);
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copy(inner)]));
    }
    return value;
  };
  return asStored(copy(payload) ?? null);
}
