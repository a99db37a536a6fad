import type { Announcement, Announcements, Timers } from '@outdial/core';
import type { SecurityAlert } from '@outdial/protocol';
import { systemTimers } from '../platform/system-timers.js';
import { type AudiencePorts, audienceOf } from './audience.js';
import { createCoalescer } from './coalesce.js';
import type { LiveLog } from './live-log.js';
import { readState, type StatePorts } from './read-state.js';

export interface PublisherPorts extends Omit<StatePorts, 'queues'> {
  readonly queues: StatePorts['queues'] & AudiencePorts['queues'];
  readonly events: LiveLog;
  readonly log: { warn(fields: object, message: string): void };
  readonly timers?: Timers;
}

export interface Publisher extends Announcements {
  /** Waits for nothing; one that cannot be told is in the log still. */
  alert(alert: SecurityAlert): void;
  /** Tells what was announced, and takes nothing more. */
  close(): Promise<void>;
}

/** Turns changes, which are announced by name only, into events: their state is read afresh, once for all subscribers. */
export function createPublisher(ports: PublisherPorts): Publisher {
  const { events, clock, log } = ports;
  async function publish(change: Announcement): Promise<void> {
    const before = events.last;
    const state = await readState(ports, change);
    if (state === null) return;
    const audience = await audienceOf(ports, state);
    const done = await events.add({ ...state, audience, at: clock.now().toISOString() }, before);
    if (done === 'overtaken') coalescer.add(change);
  }

  const coalescer = createCoalescer(ports.timers ?? systemTimers, publish, (error) =>
    log.warn({ err: error }, 'a live event could not be told'),
  );

  return {
    announce(change) {
      if (events.wanted) coalescer.add(change);
    },
    alert(alert) {
      if (!events.wanted) return;
      events
        .add({ name: 'security.alert', data: alert, audience: [], at: alert.at }, events.last)
        .catch((error: unknown) => log.warn({ err: error }, 'a live event could not be told'));
    },
    close: () => coalescer.close(),
  };
}
