import { describe, expect } from 'vitest';
import { expectLookUpAgrees, expectMessage, expectNothingHappened } from './expectations.js';
import type { PromiseOf } from './promise-of.js';
import { SOON_MS } from './telephony-trial.js';

/** What becomes of a request that goes wrong. */
export function failedPlacingContract(name: string, promise: PromiseOf): void {
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
}
