import type { OutdialServer } from '@outdial/lab/server/outdial-server';
import { until } from '@outdial/lab/server/until';
import { createTestDatabase } from '@outdial/testing/services';
import { describe, expect, onTestFailed, onTestFinished, test } from 'vitest';
import {
  type AircallScenario,
  expectScenarioDone,
  prepareScenario,
  scenarioEnds,
  startScenario,
} from '../src/aircall-scenario.js';
import { startedServer } from '../src/server-for-test.js';

const WITHIN = 240_000;

/** How many calls have reached Aircall so far. */
const callsOf = ({ account }: AircallScenario): number => account.control.calls().length;

/**
 * `kill -9` at a random moment: when so many calls have been made, and then a few milliseconds later, so that
 * over many runs it falls between any two steps.
 */
async function killAndRestart(
  server: OutdialServer,
  scenario: AircallScenario,
  { afterCalls }: { afterCalls: number },
): Promise<void> {
  const delay = Math.random() * 400;
  await until(`${afterCalls} calls were made`, () => callsOf(scenario) >= afterCalls, {
    timeoutMs: WITHIN,
  });
  const killAt = performance.now() + delay;
  await until('the moment comes', () => performance.now() >= killAt, { intervalMs: 1 });
  const when = `Killed after ${callsOf(scenario)} calls and ${delay.toFixed(0)} ms.`;
  onTestFailed(() => console.error(when));
  await server.kill();
  await server.start();
}

describe('200 leads through Aircall, whose webhooks come twice, late, or not at all', () => {
  test(
    'every lead is called as the retry rules say, one call at a time, on a PostgreSQL server',
    async () => {
      const database = await createTestDatabase();
      const scenario = await prepareScenario();
      onTestFinished(() => database.drop());
      const server = await startedServer({
        env: (url) => ({ ...scenario.account.env(url), DATABASE_URL: database.url }),
      });
      const begun = await startScenario(server, scenario);
      await scenarioEnds(server.client, begun.sessionId, { timeoutMs: WITHIN });
      await expectScenarioDone(server, scenario, begun);

      // It was the bad day that it was meant to be.
      const deliveries = scenario.account.control.deliveries();
      const share = (count: number) => count / deliveries.length;
      expect(share(deliveries.filter(({ state }) => state === 'dropped').length)).toBeGreaterThan(
        0.02,
      );
      expect(share(deliveries.filter(({ isDuplicate }) => isDuplicate).length)).toBeGreaterThan(
        0.05,
      );
    },
    5 * WITHIN,
  );

  test(
    'comes to the same end when the server is killed twice in the middle of it',
    async () => {
      const scenario = await prepareScenario({ seed: 8 });
      const server = await startedServer({ env: (url) => scenario.account.env(url) });
      const begun = await startScenario(server, scenario);
      await killAndRestart(server, scenario, { afterCalls: 70 });
      await killAndRestart(server, scenario, { afterCalls: 160 });
      await scenarioEnds(server.client, begun.sessionId, { timeoutMs: WITHIN });
      await expectScenarioDone(server, scenario, begun);
    },
    5 * WITHIN,
  );

  test(
    'comes to the same end on a PostgreSQL server, killed as often',
    async () => {
      const database = await createTestDatabase();
      onTestFinished(() => database.drop());
      const scenario = await prepareScenario({ leads: 80, seed: 9 });
      const server = await startedServer({
        env: (url) => ({ ...scenario.account.env(url), DATABASE_URL: database.url }),
      });
      const begun = await startScenario(server, scenario);
      await killAndRestart(server, scenario, { afterCalls: 30 });
      await killAndRestart(server, scenario, { afterCalls: 70 });
      await scenarioEnds(server.client, begun.sessionId, { timeoutMs: WITHIN });
      await expectScenarioDone(server, scenario, begun);
    },
    5 * WITHIN,
  );
});
