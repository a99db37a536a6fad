import type { DialerPorts } from '@outdial/core';
import type { DatabaseTaken } from '@outdial/postgres';
import type { Logger } from 'pino';

export interface ServerOptions {
  readonly log: Logger;
  /** The folder of the built web app. */
  readonly webRoot: string;
  readonly version: string;
  /** Decorates all that the dialer asks of the outside: faults that tests cause, and what they write down. */
  readonly around?: (ports: DialerPorts) => DialerPorts;
  /** Called when another node took this one's place at the database: this process must end. */
  readonly onLost?: (error: DatabaseTaken) => void;
}
