import type { DialerStore, SessionOnQueue } from '../ports/dialer-store.js';

const PAGE_ROWS = 500;

/** Every session on these queues with one of these states, page by page; one that ends meanwhile may be among them. */
export async function* openSessionsOn(
  store: Pick<DialerStore, 'sessionsOn'>,
  queueIds: readonly string[],
  statuses: readonly ('RUNNING' | 'PAUSED')[],
): AsyncGenerator<SessionOnQueue> {
  const distinct = [...new Set(queueIds)];
  if (distinct.length === 0) return;
  let after: string | null = null;
  for (;;) {
    const page: readonly SessionOnQueue[] = await store.sessionsOn(distinct, statuses, {
      after,
      limit: PAGE_ROWS,
    });
    yield* page;
    after = page.at(-1)?.id ?? null;
    if (page.length < PAGE_ROWS || after === null) return;
  }
}
