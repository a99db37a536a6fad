import type { Announcements } from '@outdial/core';
import type { SecurityAlert } from '@outdial/protocol';
import { createPublisher, type PublisherPorts } from './publisher.js';

/** What the server says to the browsers that follow, at this node and at every other one. Readers come and go beside it. */
export interface Live extends Announcements {
  /** To every user who may read the audit log, at every node. */
  alert(alert: SecurityAlert): void;
  /** Events published so far are not delivered any more, at any node. Safe beside anything; waits for nothing. */
  forget(): void;
  /** Publishes what was announced, then closes the log of events. Safe twice. */
  close(): Promise<void>;
}

/** Live events: what is announced is published to the readers of the log, here (`createReaders`) or at another node. */
export function createLive(ports: PublisherPorts): Live {
  const publisher = createPublisher(ports);
  let closing: Promise<void> | undefined;
  return {
    announce: (change) => publisher.announce(change),
    alert: (alert) => publisher.alert(alert),
    forget: () =>
      void ports.events.beginAnew().catch((error: unknown) => {
        ports.log.warn({ err: error }, 'live events will be forgotten once Redis is back');
      }),
    close() {
      closing ??= (async () => {
        await publisher.close();
        await ports.events.close();
      })();
      return closing;
    },
  };
}
