import type { LiveMessage } from '@outdial/client';
import type {
  Agent,
  AgentList,
  Call,
  DialerStatus,
  HistoryList,
  Import,
  ImportDetail,
  ImportList,
  LiveHello,
  Queue,
  QueueList,
  SecurityAlert,
  SessionHeader,
  SessionList,
} from '@outdial/protocol';
import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import { keys } from '../data/keys.js';
import type { ServerClock } from '../data/server-clock.js';

const CALLS_KEPT = 200;

/**
 * The one place where live events reach the query cache. What an event carries whole is written into the cache as it is;
 * what it only hints at (a list whose filters we do not evaluate here, sums, what is next) is read again, at most once
 * per while, and only if it is on the screen. An event that arrives while the same data is being read would be
 * overwritten by the older answer, so then it is read once more.
 */
export function createLiveBridge(
  queryClient: QueryClient,
  clock: ServerClock,
  onAlert: (alert: SecurityAlert) => void = () => {},
) {
  const waiting = new Map<string, ReturnType<typeof setTimeout>>();

  const readAgain = (queryKey: readonly unknown[], withinMs: number) => {
    const id = JSON.stringify(queryKey);
    if (waiting.has(id)) return;
    waiting.set(
      id,
      setTimeout(() => {
        waiting.delete(id);
        void queryClient.invalidateQueries({ queryKey });
      }, withinMs),
    );
  };

  const write = <T>(queryKey: readonly unknown[], change: (old: T) => T) => {
    if (queryClient.isFetching({ queryKey, exact: true }) > 0) readAgain(queryKey, 300);
    queryClient.setQueryData<T>(queryKey, (old) => (old === undefined ? undefined : change(old)));
  };

  const onSession = (header: SessionHeader) => {
    write<DialerStatus>(keys.dialer, (old) => {
      if (old.agent.id !== header.agent_id) return old;
      if (old.session?.id === header.id) {
        return { ...old, session: { ...old.session, ...header } };
      }
      // Ids grow with time: a late word on an earlier session must not displace the present one.
      if (!old.session || old.session.id < header.id) readAgain(keys.dialer, 50);
      return old;
    });
    write<SessionList>(keys.openSessions, (old) => {
      const others = old.sessions.filter((s) => s.id !== header.id);
      const open = header.status === 'STOPPED' ? others : [header, ...others];
      return { ...old, sessions: open, total: open.length };
    });
    if (header.status === 'STOPPED') readAgain(keys.queues, 500);
  };

  const onCall = (call: Call) => {
    write<DialerStatus>(keys.dialer, (old) => {
      if (old.session?.id !== call.session_id) return old;
      return {
        ...old,
        session: { ...old.session, calls: withCall(old.session.calls, call) },
        up_next: old.up_next.filter(
          (item) => item.lead_id !== call.lead_id || call.state === 'COMPLETED',
        ),
      };
    });
    write<Call>(keys.call(call.id), () => call);
    if (call.state === 'COMPLETED') onCompleted(call);
    readAgain(keys.queueItems, 1_500);
  };

  const onCompleted = (call: Call) => {
    for (const [queryKey, data] of queryClient.getQueriesData<InfiniteData<HistoryList>>({
      queryKey: keys.history,
    })) {
      if (!data) continue;
      const known = data.pages.some((page) => page.calls.some((c) => c.id === call.id));
      if (!known) continue;
      write<InfiniteData<HistoryList>>(queryKey, (old) => ({
        ...old,
        pages: old.pages.map((page) => ({
          ...page,
          calls: page.calls.map((c) => (c.id === call.id ? call : c)),
        })),
      }));
    }
    readAgain(keys.history, 2_000);
    readAgain(keys.stats, 3_000);
    if (call.crm_state === 'SYNCED') readAgain(keys.mockCrm, 2_000);
    readAgain(keys.lead(call.lead_id), 800);
  };

  const onAgent = (agent: Agent) => {
    write<DialerStatus>(keys.dialer, (old) =>
      old.agent.id === agent.id ? { ...old, agent } : old,
    );
    write<AgentList>(keys.agents, (old) => {
      if (!old.agents.some((a) => a.id === agent.id)) readAgain(keys.agents, 300);
      return { ...old, agents: old.agents.map((a) => (a.id === agent.id ? agent : a)) };
    });
  };

  const onQueue = (queue: Queue) => {
    if (queue.archived_at !== null) {
      write<QueueList>(keys.queues, (old) => {
        const queues = old.queues.filter(({ id }) => id !== queue.id);
        return { ...old, queues, total: old.total - (old.queues.length - queues.length) };
      });
      return;
    }
    write<QueueList>(keys.queues, (old) => {
      if (!old.queues.some((q) => q.id === queue.id)) readAgain(keys.queues, 300);
      return { ...old, queues: old.queues.map((q) => (q.id === queue.id ? queue : q)) };
    });
    write<Queue>(keys.queue(queue.id), () => queue);
    const dialer = queryClient.getQueryData<DialerStatus>(keys.dialer);
    if (dialer?.session?.queue_id === queue.id) readAgain(keys.dialer, 1_500);
    readAgain(keys.queueItems, 1_500);
  };

  const onImport = (progress: Import) => {
    const isOver = progress.state === 'DONE' || progress.state === 'FAILED';
    write<InfiniteData<ImportList>>(keys.importList, (old) => {
      if (!old.pages.some((page) => page.imports.some((i) => i.id === progress.id))) {
        readAgain(keys.importList, 300);
      }
      return {
        ...old,
        pages: old.pages.map((page) => ({
          ...page,
          imports: page.imports.map((i) => (i.id === progress.id ? progress : i)),
        })),
      };
    });
    write<ImportDetail>(keys.import(progress.id), (old) => ({ ...old, ...progress }));
    if (!isOver) return;
    readAgain(keys.import(progress.id), 100);
    readAgain(keys.leads, 300);
    readAgain(keys.queues, 300);
  };

  return {
    onEvent(message: LiveMessage): void {
      // What was missed says when it happened, not what the clock shows now.
      if (!message.missed) clock.observe(message.at);
      switch (message.name) {
        case 'session.updated':
          onSession(message.data);
          break;
        case 'call.updated':
          onCall(message.data);
          break;
        case 'agent.updated':
          onAgent(message.data);
          break;
        case 'queue.updated':
          onQueue(message.data);
          break;
        case 'import.progress':
          onImport(message.data);
          break;
        case 'security.alert':
          // What happened while nobody was connected stands in the audit log; it needs no alarm hours later.
          if (!message.missed) onAlert(message.data);
          readAgain(keys.audit, 500);
          break;
        default:
          message satisfies never;
      }
    },
    onHello(hello: LiveHello): void {
      if (!hello.resumed) void queryClient.invalidateQueries();
      // What could not be read while the server was away needs nobody to press "Try again".
      else
        void queryClient.refetchQueries({ predicate: (query) => query.state.status === 'error' });
    },
    close(): void {
      for (const timer of waiting.values()) clearTimeout(timer);
      waiting.clear();
    },
  };
}

export type LiveBridge = ReturnType<typeof createLiveBridge>;

/** Newest first, as the server gives them; a call never goes back from COMPLETED. */
function withCall(calls: readonly Call[], call: Call): Call[] {
  const known = calls.findIndex((c) => c.id === call.id);
  if (known >= 0) return calls.map((c) => (c.id === call.id ? call : c));
  return [call, ...calls].slice(0, CALLS_KEPT);
}
