import { describe, expect } from 'vitest';
import {
  expectLookUpAgrees,
  expectTimesInOrder,
  expectUnanswered,
  hangsUp,
} from './expectations.js';
import type { PromiseOf } from './promise-of.js';
import { SOON_MS } from './telephony-trial.js';

/** Ending calls. */
export function hangingUpContract(name: string, promise: PromiseOf): void {
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
}
