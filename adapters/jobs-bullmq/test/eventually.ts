import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for a fact, and fails when it has not come true after 20 s. */
export async function eventually(fact: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 90_000;
  while (!(await fact())) {
    if (Date.now() > deadline) throw new Error(`It did not come true: ${fact}`);
    await sleep(5);
  }
}
