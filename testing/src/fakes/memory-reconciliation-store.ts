import type { DueWork, JobName, ReconciliationStore } from '@outdial/core';
import type { MemoryState } from './memory-state.js';

/** `ReconciliationStore` over a `MemoryState`, which has no imports. */
export function createMemoryReconciliationStore(state: MemoryState): ReconciliationStore {
  const hasLiveCall = (is: (call: { sessionId: string; queueItemId: string }) => boolean) =>
    state.liveCalls().some(is);

  return {
    async dueWork(job, now, { limit, after }) {
      return allOf(state, job)
        .filter(({ at }) => at <= now)
        .sort(inOrder)
        .filter((row) => after === undefined || inOrder(after, row) < 0)
        .slice(0, limit);
    },

    async findStuckSessions(limit) {
      return [...state.sessions.values()]
        .filter(({ status, wakeAt }) => status === 'RUNNING' && wakeAt === null)
        .filter(({ id }) => !hasLiveCall((call) => call.sessionId === id))
        .slice(0, limit)
        .map(({ id }) => id);
    },

    async findSessionsWithUnwantedCalls(limit, after = '') {
      const unwanted = state.liveCalls().filter((call) => {
        const status = state.sessions.get(call.sessionId)?.status;
        if (status === 'PAUSED') return call.state === 'QUEUED';
        const isConversation = call.state === 'IN_PROGRESS' && call.winner;
        return status === 'STOPPED' && call.cancellation === null && !isConversation;
      });
      return [...new Set(unwanted.map(({ sessionId }) => sessionId))]
        .filter((id) => id > after)
        .sort()
        .slice(0, limit);
    },

    async releaseItems(now, afterCall, limit) {
      const orphans = [...state.items.values()].filter(
        ({ id, state: itemState }) =>
          itemState === 'CLAIMED' && !hasLiveCall((call) => call.queueItemId === id),
      );
      const dayAgo = now.getTime() - 24 * 3_600_000;
      return orphans.slice(0, limit).map((item) => {
        const rang = [...state.calls.values()].some(
          (call) =>
            call.queueItemId === item.id &&
            call.state === 'COMPLETED' &&
            call.dialedAt !== null &&
            call.dialedAt.getTime() > dayAgo,
        );
        state.putItem({
          ...item,
          state: state.suppressions.has(item.phone) ? 'SUPPRESSED' : 'PENDING',
          claimedBySessionId: null,
          dueAt: rang && item.dueAt < afterCall ? afterCall : item.dueAt,
        });
        return { itemId: item.id, queueId: item.queueId };
      });
    },

    async makeDue(now, limit) {
      const events = [...state.events.values()]
        .filter((event) => event.state === 'PENDING' && event.dueAt === null)
        .slice(0, limit);
      for (const event of events) state.putEvent({ ...event, dueAt: now });
      const callIds: string[] = [];
      for (const call of state.calls.values()) {
        if (callIds.length === limit) break;
        if (call.state !== 'COMPLETED' || call.crm.state !== 'PENDING') continue;
        if (call.crm.dueAt !== null) continue;
        state.putCall({ ...call, crm: { ...call.crm, dueAt: now } });
        callIds.push(call.id);
      }
      return { eventIds: events.map(({ id }) => id), callIds };
    },
  };
}

function allOf(state: MemoryState, job: JobName): DueWork[] {
  const rows: DueWork[] = [];
  const add = (id: string, at: Date | null | undefined): void => {
    if (at) rows.push({ job, id, at });
  };
  switch (job) {
    case 'advance-session':
      for (const { id, wakeAt } of state.sessions.values()) add(id, wakeAt);
      break;
    case 'place-call':
      for (const call of state.liveCalls()) if (call.state === 'QUEUED') add(call.id, call.placeAt);
      break;
    case 'hang-up-call':
      for (const call of state.liveCalls()) add(call.id, call.cancellation?.askAt);
      break;
    case 'check-call':
      for (const call of state.liveCalls())
        if (call.state !== 'COMPLETED') add(call.id, call.deadlineAt);
      break;
    case 'process-event':
      for (const event of state.events.values())
        if (event.state === 'PENDING') add(event.id, event.dueAt);
      break;
    case 'sync-call':
      for (const call of state.calls.values())
        if (call.state === 'COMPLETED') add(call.id, call.crm.dueAt);
      break;
    case 'run-import':
      break;
    default:
      job satisfies never;
  }
  return rows;
}

const inOrder = (a: DueWork, b: DueWork): number =>
  a.at.getTime() - b.at.getTime() || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
