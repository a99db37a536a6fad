import { createTestDatabase } from '@outdial/testing/services';
import { describe, expect, onTestFailed, onTestFinished, test } from 'vitest';
import type { OutdialServer } from '../src/outdial-server.js';
import { beginShift, expectShiftDone, prepareShift, type Shift, shiftEnds } from '../src/shift.js';
import { startedServer } from '../src/stage.js';
import { until } from '../src/until.js';

const WITHIN = 240_000;

/** How many calls have reached Aircall so far. */
const callsOf = ({ office }: Shift): number => office.control.calls().length;

/**
 * `kill -9` at a moment nobody chose: when so many calls have been made, and then a few milliseconds later, so that
 * over many runs it falls between any two steps.
 */
async function killAndStartAgain(
  server: OutdialServer,
  shift: Shift,
  { afterCalls }: { afterCalls: number },
): Promise<void> {
  const delay = Math.random() * 400;
  await until(`${afterCalls} calls were made`, () => callsOf(shift) >= afterCalls, {
    within: WITHIN,
  });
  const killAt = performance.now() + delay;
  await until('the moment comes', () => performance.now() >= killAt, { every: 1 });
  const when = `Killed after ${callsOf(shift)} calls and ${delay.toFixed(0)} ms.`;
  onTestFailed(() => console.error(when));
  await server.kill();
  await server.start();
}

describe('a shift of 200 leads through Aircall, whose webhooks come twice, late, or not at all', () => {
  test(
    'calls every lead as the retry rules say, nobody twice at once, on a PostgreSQL server',
    async () => {
      const database = await createTestDatabase();
      const shift = await prepareShift();
      onTestFinished(() => database.drop());
      const server = await startedServer({
        env: (url) => ({ ...shift.office.env(url), DATABASE_URL: database.url }),
      });
      const begun = await beginShift(server, shift);
      await shiftEnds(server.client, begun.sessionId, { within: WITHIN });
      await expectShiftDone(server, shift, begun);

      // It was the bad day that it was meant to be.
      const deliveries = shift.office.control.deliveries();
      const share = (count: number) => count / deliveries.length;
      expect(share(deliveries.filter(({ state }) => state === 'dropped').length)).toBeGreaterThan(
        0.02,
      );
      expect(share(deliveries.filter(({ isDuplicate }) => isDuplicate).length)).toBeGreaterThan(
        0.05,
      );
    },
    WITHIN + 60_000,
  );

  test(
    'comes to the same end when the server is killed twice in the middle of it',
    async () => {
      const shift = await prepareShift({ seed: 8 });
      const server = await startedServer({ env: (url) => shift.office.env(url) });
      const begun = await beginShift(server, shift);
      await killAndStartAgain(server, shift, { afterCalls: 70 });
      await killAndStartAgain(server, shift, { afterCalls: 160 });
      await shiftEnds(server.client, begun.sessionId, { within: WITHIN });
      await expectShiftDone(server, shift, begun);
    },
    WITHIN + 60_000,
  );

  test(
    'comes to the same end on a PostgreSQL server, killed as often',
    async () => {
      const database = await createTestDatabase();
      onTestFinished(() => database.drop());
      const shift = await prepareShift({ leads: 80, seed: 9 });
      const server = await startedServer({
        env: (url) => ({ ...shift.office.env(url), DATABASE_URL: database.url }),
      });
      const begun = await beginShift(server, shift);
      await killAndStartAgain(server, shift, { afterCalls: 30 });
      await killAndStartAgain(server, shift, { afterCalls: 70 });
      await shiftEnds(server.client, begun.sessionId, { within: WITHIN });
      await expectShiftDone(server, shift, begun);
    },
    WITHIN + 60_000,
  );
});
