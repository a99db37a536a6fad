import { type Kysely, sql } from 'kysely';
import type { Database } from '../engine/database.js';

/** Keyed hashes by which people are found; the key is the application's. The same input gives the same 32 bytes. */
export interface PersonHashes {
  phone(e164: string): Uint8Array;
  /** Of the address trimmed and in lower case. */
  email(address: string): Uint8Array;
}

/** As text for arrays of parameters, which both drivers write alike. */
export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** The hash columns of a lead; what is left out of `fields` is left out here. Without keys: null, for `fillPersonHashes`. */
export const hashColumns = (
  hashes: PersonHashes | null,
  fields: { readonly phone?: string | undefined; readonly email?: string | null | undefined },
) => ({
  ...(fields.phone !== undefined && { phone_hash: hashes?.phone(fields.phone) ?? null }),
  ...(fields.email !== undefined && {
    email_hash: fields.email === null ? null : (hashes?.email(fields.email) ?? null),
  }),
});

/** The predicate of the index `leads_not_hashed`, in the same words. */
export const notHashed = sql<boolean>`leads.erased_at is null
  and (leads.phone_hash is null or (leads.email is not null and leads.email_hash is null))`;

/**
 * Fills in the hashes of leads that have none: those from before there were hashes, and those that a node of an older release
 * wrote. A batch a transaction, rows that another transaction is writing are left for the next time; answers how many it filled.
 * `signal` ends it between two batches. Any number of nodes may do so at once.
 */
export async function fillPersonHashes(
  db: Kysely<Database>,
  hashes: PersonHashes,
  { batchSize = 500, signal }: { readonly batchSize?: number; readonly signal?: AbortSignal } = {},
): Promise<number> {
  let filled = 0;
  while (!signal?.aborted) {
    const rows = await db.transaction().execute(async (tx) => {
      const open = await tx
        .selectFrom('leads')
        .select(['id', 'phone', 'email'])
        .where(notHashed)
        .orderBy('id')
        .limit(batchSize)
        .forUpdate()
        .skipLocked()
        .execute();
      if (open.length === 0) return 0;
      await sql`
        update leads set phone_hash = decode(given.phone_hash, 'hex'), email_hash = decode(given.email_hash, 'hex')
        from unnest(
          ${open.map(({ id }) => id)}::uuid[],
          ${open.map(({ phone }) => hex(hashes.phone(phone)))}::text[],
          ${open.map(({ email }) => (email === null ? null : hex(hashes.email(email))))}::text[]
        ) as given (id, phone_hash, email_hash)
        where leads.id = given.id`.execute(tx);
      return open.length;
    });
    filled += rows;
    if (rows < batchSize) break;
  }
  return filled;
}
