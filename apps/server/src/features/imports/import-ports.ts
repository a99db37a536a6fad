import type { Announcements, Clock, Ids, Jobs } from '@outdial/core';
import type {
  AppliedStep,
  ImportBatch,
  ImportStep,
  ImportStore,
  QueueStore,
  UpsertOptions,
  WrittenBatch,
} from '@outdial/postgres';
import type { FileReader } from './file-reader.js';
import type { Turns } from './reading-turns.js';

export interface ImportPorts {
  readonly imports: ImportStore;
  readonly queues: Pick<QueueStore, 'get' | 'findByName' | 'create'>;
  readonly reader: FileReader;
  /** Files are read one at a time on each node. Left out: a turn of its own. */
  readonly reading?: Turns;
  /** The key of the hashes by which people are found; null: they are filled in later. */
  readonly hashKey: Uint8Array | null;
  /** The rows of one step and its count, in one transaction. */
  readonly applyStep: (
    importId: string,
    batch: ImportBatch,
    options: UpsertOptions,
    step: (written: WrittenBatch) => ImportStep,
    leaseUntil: Date,
  ) => Promise<AppliedStep>;
  /** Hears when leads were put into a queue, so that sessions waiting there look again. */
  readonly queueFilled: (queueId: string) => void;
  readonly defaultCountry: () => Promise<string | null>;
  /** The countries whose numbers a lead may have; empty or left out: every country. */
  readonly allowedCountries?: () => Promise<readonly string[]>;
  readonly jobs: Jobs;
  readonly announcements: Announcements;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Gives other work a turn between two steps. */
  readonly yieldToEventLoop: () => Promise<void>;
  /** Rows that are written in one transaction, asked for each piece of a file; left out: few. */
  readonly rowsAStep?: number | (() => number);
}
