import type { Server } from 'node:http';
import { createLive, type Live } from '../../src/live/live.js';
import type { PublisherPorts } from '../../src/live/publisher.js';
import { createReaders, type ReadersPorts } from '../../src/live/readers.js';

export type LivePorts = PublisherPorts & ReadersPorts;

/** Live events with their readers, as the program puts them together. */
export interface OpenLive extends Live {
  readers(): number;
  dismissReaders(): void;
}

/** Without a server there are no readers. `close` disconnects readers first. */
export function openLive(server: Server | null, ports: LivePorts): OpenLive {
  const live = createLive(ports);
  const readers = server && createReaders(server, ports);
  return {
    ...live,
    readers: () => readers?.count() ?? 0,
    dismissReaders: () => readers?.close(),
    async close() {
      readers?.close();
      await live.close();
    },
  };
}
