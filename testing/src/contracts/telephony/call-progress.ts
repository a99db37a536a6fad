import { describe, expect } from 'vitest';
import { expectTimesInOrder, expectUnanswered } from './expectations.js';
import type { PromiseOf } from './promise-of.js';
import type { TrialCall } from './telephony-trial.js';

/** How calls go, from the request to the end. */
export function callProgressContract(name: string, promise: PromiseOf): void {
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
}
