import { expect, it } from 'vitest';
import { runWorld } from './run-world.js';

it('the same seed lives the same world again, step by step', async () => {
  const story = async (seed: number): Promise<string[]> => {
    const lines: string[] = [];
    await runWorld(seed, { onLine: (line) => lines.push(line) });
    return lines;
  };
  const first = await story(8);
  expect(first.length).toBeGreaterThan(100);
  expect(await story(8)).toEqual(first);
  expect(await story(9)).not.toEqual(first);
});

it('a failure tells the command that lives its world again', async () => {
  const { failure } = await runWorld(3, {
    breakIt: () => ({ neglected: ['check-call', 'process-event'] }),
  });
  expect(failure?.replay).toBe('npm run worlds -- --seed 3 --count 1 --verbose');
});
