import { createMockAircall } from '@outdial/aircall/mock';
import { type AccountPlan, AGENTS_LINE, agentNumber } from './aircall-account-plan.js';

/** An Aircall account in a process of its own, so that it outlives the nodes that call through it. */
const plan = JSON.parse(process.argv[2] ?? '') as AccountPlan;
const mock = createMockAircall({
  seed: plan.seed,
  speed: plan.speed,
  users: Array.from({ length: plan.agents }, (_, index) => ({
    ...agentNumber(index),
    numberIds: [AGENTS_LINE],
  })),
  behaviour: {
    rateLimit: { perMinute: plan.requestsPerMinute },
    fates: plan.fates,
    delivery: { disableAfterFailures: 10_000 },
  },
  eventFaults: plan.eventFaults,
});
const { url } = await mock.start();
process.stdout.write(
  `${JSON.stringify({ url, apiId: mock.credentials.apiId, apiToken: mock.credentials.apiToken })}\n`,
);
// It must not outlive the process that started it.
process.stdin.resume().once('end', () => process.exit(0));
