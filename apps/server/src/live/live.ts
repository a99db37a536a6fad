import type { Server as HttpServer } from 'node:http';
import type { Announcements } from '@outdial/core';
import type { SecurityAlert } from '@outdial/protocol';
import { createPublisher, type PublisherPorts } from './publisher.js';
import { createReaders, type ReadersPorts } from './readers.js';

export type LivePorts = PublisherPorts & ReadersPorts;

export interface Live extends Announcements {
  /** To whoever may read the audit log, at every node. */
  alert(alert: SecurityAlert): void;
  /** How many follow, at this node. */
  readers(): number;
  /** Lets go of all readers, for whom the HTTP server would wait; other nodes are still told. Safe twice. */
  dismissReaders(): void;
  /** Tells what was announced, then lets go of the readers and of the log. Safe twice. */
  close(): Promise<void>;
}

/** Live events: what is announced is told to whoever follows, here or at another node. Without a server nobody follows here. */
export function createLive(httpServer: HttpServer | null, ports: LivePorts): Live {
  const publisher = createPublisher(ports);
  const readers = httpServer && createReaders(httpServer, ports);
  let closing: Promise<void> | undefined;
  return {
    announce: (change) => publisher.announce(change),
    alert: (alert) => publisher.alert(alert),
    readers: () => readers?.count() ?? 0,
    dismissReaders: () => readers?.close(),
    close() {
      closing ??= (async () => {
        readers?.close();
        await publisher.close();
        await ports.events.close();
      })();
      return closing;
    },
  };
}
