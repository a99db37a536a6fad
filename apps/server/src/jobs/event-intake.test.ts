import { expect, it } from 'vitest';
import { createEventIntake } from './event-intake.js';

const RINGING = { provider: 'simulator', dedupeKey: 'call-1 ringing', payload: {} };

it('events that arrive before the dialer is there are stored once it is', async () => {
  const intake = createEventIntake();
  const stored: string[] = [];
  const early = intake.receive(RINGING);
  await new Promise((resolve) => setImmediate(resolve));
  intake.start(async ({ dedupeKey }) => {
    stored.push(dedupeKey);
    return 'stored';
  });
  expect(await early).toBe('stored');
  expect(await intake.receive({ ...RINGING, dedupeKey: 'call-1 answered' })).toBe('stored');
  expect(stored).toEqual(['call-1 ringing', 'call-1 answered']);
});

it('an event that waits while the server ends is refused, so that its sender keeps it', async () => {
  const intake = createEventIntake();
  const waiting = intake.receive(RINGING);
  intake.close();
  await expect(waiting).rejects.toThrow('ends before it has started');
});

it('closing the intake does not refuse what the dialer already receives', async () => {
  const intake = createEventIntake();
  intake.start(async () => 'duplicate');
  intake.close();
  expect(await intake.receive(RINGING)).toBe('duplicate');
});
