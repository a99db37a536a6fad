import type { Client } from '@outdial/client';
import { allCalls } from '@outdial/lab/server/read-all';
import { until } from '@outdial/lab/server/until';
import type { Call, HistoryQuery } from '@outdial/protocol';

const PATIENT_FOR_MS = 10_000;

/**
 * Every call of the history, once the CRM has them all. A call whose sync was running when the server was killed stays
 * leased to the dead worker for a minute and a half (CRM_LEASE_MS in core/src/call/deadlines.ts); then this
 * function repeats the sync by hand.
 */
export async function syncedCalls(
  client: Client,
  filter: Partial<HistoryQuery> = {},
): Promise<Call[]> {
  const begun = performance.now();
  let replayed = false;
  return until(
    'the CRM has every call',
    async () => {
      const calls = await allCalls(client, filter);
      const missing = calls.filter((call) => call.crm_state !== 'SYNCED');
      if (missing.length === 0) return calls;
      if (!replayed && performance.now() - begun > PATIENT_FOR_MS) {
        replayed = true;
        await client.crm.sync();
      }
      throw new Error(`It lacks ${missing.length}, the first of which is ${missing[0]?.id}.`);
    },
    { timeoutMs: 60_000, intervalMs: 250 },
  );
}
