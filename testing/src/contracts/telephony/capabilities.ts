import { describe, expect } from 'vitest';
import type { PromiseOf } from './promise-of.js';
import type { AgentState } from './telephony-harness.js';

/** What the carrier says of itself and of its agents. */
export function capabilitiesContract(name: string, promise: PromiseOf): void {
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
