import type { Queue, QueueList } from '@outdial/protocol';
import { keys } from '../../data/keys.js';
import type { LiveUpdates } from '../../data/live-updates.js';

export const queuesLive: LiveUpdates = {
  'session.updated': (header, cache) => {
    if (header.status === 'STOPPED') cache.readAgain(keys.queues, 500);
  },
  'call.updated': (_call, cache) => cache.readAgain(keys.queueItems, 1_500),
  'queue.updated': (queue, cache) => {
    if (queue.archived_at !== null) {
      cache.write<QueueList>(keys.queues, (old) => {
        const queues = old.queues.filter(({ id }) => id !== queue.id);
        return { ...old, queues, total: old.total - (old.queues.length - queues.length) };
      });
      return;
    }
    cache.write<QueueList>(keys.queues, (old) => {
      if (!old.queues.some((q) => q.id === queue.id)) cache.readAgain(keys.queues, 300);
      return { ...old, queues: old.queues.map((q) => (q.id === queue.id ? queue : q)) };
    });
    cache.write<Queue>(keys.queue(queue.id), () => queue);
    cache.readAgain(keys.queueItems, 1_500);
  },
  'import.progress': (progress, cache) => {
    if (progress.state === 'DONE' || progress.state === 'FAILED') cache.readAgain(keys.queues, 300);
  },
};
