import { describe, expect } from 'vitest';
import { expectLookUpAgrees } from './expectations.js';
import type { PromiseOf } from './promise-of.js';
import type { Fate } from './telephony-harness.js';
import { SOON_MS } from './telephony-trial.js';

/** Fates of calls that are placed and come to an end by themselves. */
const ENDING: readonly Fate[] = ['answers', 'never_answers', 'busy', 'voicemail'];

/** Looking calls up. */
export function lookUpContract(name: string, promise: PromiseOf): void {
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
}
