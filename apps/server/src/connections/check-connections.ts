import type { Clock } from '@outdial/core';
import type { ConnectionStore } from '@outdial/postgres';
import type { Logger } from 'pino';
import { type Connections, type KnownConnection, reasonNotToCall } from './connections.js';

export interface ConnectionChecks {
  /**
   * Puts the webhooks of all connections in order and notes what is wrong with each. Answers the connections whose webhook had been disabled:
   * their live calls must be looked up.
   */
  all(): Promise<readonly string[]>;
  /** What is wrong with one, asking the carrier itself; null: nothing. */
  one(connection: KnownConnection): Promise<string | null>;
}

export function createConnectionChecks(ports: {
  readonly connections: Connections;
  readonly store: Pick<ConnectionStore, 'noteCheck'>;
  readonly clock: Clock;
  readonly log: Logger;
}): ConnectionChecks {
  const { connections, store, clock, log } = ports;
  const words = (error: unknown): string =>
    error instanceof Error ? error.message : 'It does not answer.';

  async function note(connection: KnownConnection, problem: string | null): Promise<void> {
    const { id } = connection.row;
    const before = connection.row.checked?.problem ?? null;
    if (problem !== null && problem !== before) {
      log.warn({ connection_id: id, problem }, 'a connection has a problem');
    }
    await store.noteCheck(id, problem, clock.now());
  }

  async function look(
    connection: KnownConnection,
    ping: boolean,
  ): Promise<{ readonly missed: boolean; readonly problem: string | null }> {
    const closed = reasonNotToCall(connection);
    const { carrier } = connection;
    if (closed !== null || carrier === null) return { missed: false, problem: closed };
    try {
      const missing = await carrier.missing();
      if (missing !== null) return { missed: false, problem: missing };
      if (ping) await carrier.ping();
      return (await carrier.webhook?.ensure()) ?? { missed: false, problem: null };
    } catch (error) {
      return { missed: false, problem: words(error) };
    }
  }

  return {
    async all() {
      // Side by side: one that does not answer must not keep the others waiting.
      const looked = await Promise.all(
        connections.usable().map(async (connection) => {
          const { missed, problem } = await look(connection, false);
          await note(connection, problem);
          return missed ? [connection.row.id] : [];
        }),
      );
      return looked.flat();
    },
    async one(connection) {
      const { problem } = await look(connection, true);
      await note(connection, problem);
      return problem;
    },
  };
}
