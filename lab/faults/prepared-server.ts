import { appendFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { aroundCarriers, type DialerPorts, type Telephony } from '@outdial/core';
import { createLogger, createServer, readConfig } from '@outdial/server';
import { readMoment, withKillPoint } from './kill-points.js';
import type { PlacedLine } from './placed-log.js';
import { replaceMethods } from './replace-methods.js';
import { readStrain, withStrain } from './strain.js';

/**
 * The server as it was built, with what the tests put around its ports:
 *
 *   KILL_AT     the moment at which it kills itself (kill-points.ts)
 *   STRAIN      what is to go wrong at its ports, and how often (strain.ts)
 *   PLACED_LOG  a file that gets a line each time that a call is placed with the provider
 */
const { KILL_AT, STRAIN, PLACED_LOG } = process.env;
const read = readConfig(process.env);
if (!read.ok) throw new Error(read.problems.join('\n'));
const server = await createServer(read.config, {
  log: createLogger(read.config),
  webRoot: fileURLToPath(new URL('../../apps/web/dist', import.meta.url)),
  version: 'under test',
  around: (ports) => {
    let around: DialerPorts = ports;
    if (PLACED_LOG) {
      const carriers = aroundCarriers(around.carriers, (telephony) =>
        logged(telephony, PLACED_LOG),
      );
      around = { ...around, carriers };
    }
    if (STRAIN) around = withStrain(around, readStrain(STRAIN));
    if (KILL_AT) around = withKillPoint(around, readMoment(KILL_AT), die);
    return around;
  },
});
const address = await server.start();
process.stdout.write(`Outdial is running at ${address}\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void server.close(0).then(() => process.exit(0)));
}

function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
}

/**
 * A line before the provider is asked, so that no death of this process loses a call that rang, and another one that takes it
 * back when the provider surely did not place it.
 */
function logged(telephony: Telephony, file: string): Telephony {
  const write = (line: PlacedLine): void => appendFileSync(file, `${JSON.stringify(line)}\n`);
  return replaceMethods(telephony, {
    async place(order) {
      const { callId, to } = order;
      const line = { callId, to, agentId: order.agent.id, atMs: Date.now() };
      write({ ...line, placed: true });
      const answer = await telephony.place(order);
      if (answer.kind === 'refused') write({ ...line, placed: false });
      return answer;
    },
  });
}
