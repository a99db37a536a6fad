import { expect, it } from 'vitest';
import { runWorld } from './run-world.js';
import { Tally } from './tally.js';

/** What must have happened in any hundred worlds, so that keeping the promises means something. */
const MUST_HAPPEN = [
  'process died',
  'process started again',
  'work failed on the database',
  'hint lost',
  'hint late',
  'hint twice',
  'event dropped',
  'event late',
  'event twice',
  'event of an unknown kind',
  'webhook not taken',
  'event about no call of ours',
  'placing: request lost',
  'placing: answer lost',
  'placing: connection cut, request under way',
  'provider slow',
  'network down',
  'refused: later',
  'refused: number',
  'refused: configuration',
  'hang-up failed',
  'look-up unreachable',
  'look-up: not found',
  'repaired: found',
  'repaired: not_found',
  'availability unreachable',
  'agent do_not_disturb',
  'agent offline',
  'manual call',
  'stepped back for a manual call',
  'a machine had been taken for a person',
  'crm: failed',
  'crm: answer lost',
  'crm: lead refused for good',
  'crm: replayed by a person',
  'pause: changed',
  'resume: changed',
  'stop: changed',
  'dial_next: changed',
  'hold_wrap_up: changed',
  'agent hangs up: requested',
  'agent hangs up: provider_cannot',
  'disposition: saved',
  'conversation handed on',
  'agent closes the laptop',
  'agent loads the page again',
  'answered without an agent',
  'repaired: session_agent_absent',
  'repaired: call_past_deadline',
  'repaired: placing_unknown',
  'repaired: crm_overdue',
  'repaired: event_overdue',
  'suppressed during the shift',
  'not placed: suppressed',
  'not placed: not_queued',
  'lead added during the shift',
  'lead taken out of a queue',
  'items held outside calling hours',
  'calls inside an enforced window',
  'called again',
  'round won',
  'outcome: CONNECTED',
  'outcome: NO_ANSWER',
  'outcome: BUSY',
  'outcome: VOICEMAIL',
  'outcome: CANCELED_BY_DIALER',
  'outcome: ABANDONED',
  'outcome: FAILED',
  'worlds: app',
  'worlds: wired',
  'worlds: calm',
  'worlds: two processes',
  'worlds: clocks differ',
];

/** Tests that live through worlds from seed `first` on, in tens, and look at what they contained. */
export function liveThrough(first: number, count: number): void {
  const total = new Tally();
  for (let seed = first; seed < first + count; seed += 10) {
    it(`every promise is kept in worlds ${seed} to ${seed + 9}`, { timeout: 60_000 }, async () => {
      for (let number = seed; number < seed + 10; number += 1) {
        const { failure, tally } = await runWorld(number);
        total.add(tally);
        if (failure === null) continue;
        expect.unreachable(
          `World ${number} broke ${failure.promise}: ${failure.saw}\nLive it again: ${failure.replay}`,
        );
      }
    });
  }

  it('these worlds contained every kind of bad luck, and of good', () => {
    expect(MUST_HAPPEN.filter((what) => total.of(what) === 0)).toEqual([]);
  });
}
