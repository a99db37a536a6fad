import { sql } from 'kysely';

/**
 * As a condition of a statement that is a transaction of its own: its commit does not wait until the disk has it. Only for what may be lost
 * together with all that was written after it when the database's machine dies within a second (`wal_writer_delay`, three times
 * at most), because it is found out or done again. The death of this process loses nothing, and whatever is committed in earnest later
 * brings it to the disk. In a transaction of several statements it would count for all of them.
 */
export const notFlushed = sql<boolean>`(select set_config('synchronous_commit', 'off', true)) = 'off'`;
