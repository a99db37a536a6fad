import { afterAll, describe, test } from 'vitest';
import { KILLS } from '../src/faults/kill-faults.js';
import { type FaultRow, faultTable } from '../src/faults/report.js';
import { type Fault, runFault } from '../src/faults/run-fault.js';
import { SCHEDULES } from '../src/faults/schedules.js';

/** A good run takes seconds; this is for a machine that is busy with others. */
const WITHIN = 400_000;

const FAULTS = [...SCHEDULES, ...KILLS];
const rows = new Map<Fault, FaultRow>();

afterAll(() => {
  const lived = FAULTS.flatMap((fault) => rows.get(fault) ?? []);
  console.log(`Faults, and whether P1 to P10 held:\n\n${faultTable(lived)}\n`);
});

describe('no lead is dialed twice, every call ends with one activity, and nothing acknowledged is lost', () => {
  for (const fault of FAULTS) {
    // They wait for deadlines most of the time, so several go on beside each other.
    test.concurrent(
      fault.title,
      async ({ expect }) => {
        const { row, breaches } = await runFault(fault);
        rows.set(fault, row);
        expect(breaches).toEqual([]);
      },
      WITHIN,
    );
  }
});
