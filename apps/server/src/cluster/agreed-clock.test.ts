import { createVirtualTime } from '@outdial/testing/virtual-time';
import { describe, expect, it } from 'vitest';
import { createAgreedClock } from './agreed-clock.js';

const NOON = new Date('2026-11-20T12:00:00.000Z');
const MINUTE = 60_000;

/** A machine whose clock is off by so much, a database that answers after so long, and the true time between them. */
function machine({ offBy, answersAfter = 0 }: { offBy: number; answersAfter?: number }) {
  const truth = createVirtualTime(NOON);
  const passed = () => truth.now().getTime() - NOON.getTime();
  const wrong = { value: offBy };
  const clock = createAgreedClock(
    {
      now: () => new Date(truth.now().getTime() + wrong.value),
      after: (ms, callback) => truth.after(ms, callback),
    },
    async () => {
      await truth.advance(answersAfter / 2);
      const told = truth.now();
      await truth.advance(answersAfter / 2);
      return told;
    },
    passed,
  );
  return { clock, truth, wrong };
}

describe('the clock that all nodes agree on', () => {
  it.each([MINUTE, -MINUTE])(
    'tells the database’s time on a machine that is %d ms off',
    async (offBy) => {
      const { clock, truth } = machine({ offBy });
      await clock.set();
      expect(clock.now()).toEqual(truth.now());
      await truth.advance(MINUTE);
      expect(clock.now()).toEqual(truth.now());
      expect(clock.machineError()).toBe(offBy);
    },
  );

  it('an agreed clock does not move when the machine’s clock is set while the server runs', async () => {
    const { clock, truth, wrong } = machine({ offBy: 0 });
    await clock.set();
    wrong.value = MINUTE;
    expect(clock.now()).toEqual(truth.now());
  });

  it('the clock that all nodes agree on knows how long the answer was under way', async () => {
    const { clock, truth } = machine({ offBy: -MINUTE, answersAfter: 80 });
    await clock.set();
    expect(Math.abs(clock.now().getTime() - truth.now().getTime())).toBeLessThanOrEqual(1);
  });

  it('the clock that all nodes agree on goes on as it was while the database does not answer', async () => {
    const truth = createVirtualTime(NOON);
    const clock = createAgreedClock(
      truth,
      async () => {
        throw new Error('no answer');
      },
      () => truth.now().getTime() - NOON.getTime(),
    );
    await expect(clock.set()).rejects.toThrow('no answer');
    await truth.advance(MINUTE);
    expect(clock.now()).toEqual(truth.now());
  });
});
