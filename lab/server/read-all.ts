import type { Client } from '@outdial/client';
import type { Call, CrmActivity, HistoryQuery, QueueItem } from '@outdial/protocol';

/** Every row of a list, page by page. */
export async function everyPage<Row>(
  read: (cursor: string | undefined) => Promise<{ rows: Row[]; next: string | null }>,
): Promise<Row[]> {
  const all: Row[] = [];
  let cursor: string | undefined;
  for (;;) {
    const { rows, next } = await read(cursor);
    all.push(...rows);
    if (next === null) return all;
    cursor = next;
  }
}

export const allCalls = (client: Client, filter: Partial<HistoryQuery> = {}): Promise<Call[]> =>
  everyPage(async (cursor) => {
    const page = await client.history.list({ ...filter, limit: 200, cursor });
    return { rows: page.calls, next: page.next_cursor };
  });

export const allActivities = (client: Client): Promise<CrmActivity[]> =>
  everyPage(async (cursor) => {
    const page = await client.crm.activities({ limit: 200, cursor });
    return { rows: page.activities, next: page.next_cursor };
  });

export const allItems = (client: Client, queueId: string): Promise<QueueItem[]> =>
  everyPage(async (cursor) => {
    const page = await client.queueItems.list({ queue_id: queueId, limit: 200, cursor });
    return { rows: page.items, next: page.next_cursor };
  });
