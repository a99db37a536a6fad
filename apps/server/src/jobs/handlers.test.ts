import { jobNames } from '@outdial/core';
import { expect, it } from 'vitest';
import type { Metrics } from '../metrics.js';
import { jobHandlers } from './handlers.js';

it('jobs of other nodes that come in while a node is starting wait until it is ready', async () => {
  let isReady = (): void => undefined;
  const ready = new Promise<void>((resolve) => {
    isReady = resolve;
  });
  const began: string[] = [];
  const handlers = jobHandlers({
    ready,
    dialer: () => {
      throw new Error('There is no dialer yet.');
    },
    runImport: async () => undefined,
    stopping: () => false,
    metrics: { jobRan: () => undefined } as unknown as Metrics,
    tracing: {
      job: async (job) => {
        began.push(job);
      },
    },
  });
  const running = jobNames.map((job) => handlers[job]('01a1fe50-601b-7000-8000-00fd89d0e4f3'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(began).toEqual([]);

  isReady();
  await Promise.all(running);
  expect(began.sort()).toEqual([...jobNames].sort());
});
