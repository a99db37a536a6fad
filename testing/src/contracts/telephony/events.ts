import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { damaged, expectIgnored, expectSoundTimes } from './expectations.js';
import type { PromiseOf } from './promise-of.js';
import type { Fate } from './telephony-harness.js';
import { asStored, merge, SOON_MS } from './telephony-trial.js';

/** Fates of calls that are placed and come to an end by themselves. */
const ENDING: readonly Fate[] = ['answers', 'never_answers', 'busy', 'voicemail'];

/** What events say, in any order and number. */
export function eventsContract(name: string, promise: PromiseOf): void {
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
}
