import { KILLS } from '@outdial/lab/faults/kill-faults';
import { type FaultRow, faultTable } from '@outdial/lab/faults/report';
import { type Fault, runFault } from '@outdial/lab/faults/run-fault';
import { SCHEDULES } from '@outdial/lab/faults/schedules';
import { afterAll, describe, test } from 'vitest';

/** A good run takes seconds; this is for a machine that is busy with others. */
/** A machine with ten times as much work as cores has needed 420 s for the longest; it takes 90 s on a quiet one. */
const WITHIN = 1_800_000;

const FAULTS = [...SCHEDULES, ...KILLS];
const rows = new Map<Fault, FaultRow>();

afterAll(() => {
  const lived = FAULTS.flatMap((fault) => rows.get(fault) ?? []);
  console.log(`Faults, and whether P1 to P10 held:\n\n${faultTable(lived)}\n`);
});

describe('under faults no lead is dialed twice, every call has one activity, and nothing acknowledged is lost', () => {
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
