import { type Kysely, sql } from 'kysely';
import type { Database } from '../engine/database.js';
import { hex, type PersonHashes } from '../privacy/person-hashes.js';
import { putIntoQueue } from '../queues/put-into-queue.js';
import type { LeadFields, UpsertOptions } from './lead-fields.js';
import { addLeadPhones } from './lead-phones.js';

/** What became of one row of a batch. */
export interface UpsertedLead {
  /**
   * `duplicate_in_batch`: an earlier row of the batch has the same number. With `update` its fields went over that row's,
   * so that the result is the same as if the two rows had come in two batches.
   */
  readonly kind: 'created' | 'updated' | 'skipped' | 'duplicate_in_batch';
  readonly leadId: string;
  /**
   * null when no queue was given, or an earlier row of the batch has answered for this lead. `suppressed`, `ended`: it is in the
   * queue, and is not called, see `PutItem`.
   */
  readonly queued: 'added' | 'suppressed' | 'ended' | 'already_there' | null;
  /** With `already_there`: the state of the item that the queue has of this lead. */
  readonly itemState?: QueueItemState | undefined;
}

type QueueItemState = 'PENDING' | 'CLAIMED' | 'DONE' | 'EXHAUSTED' | 'SUPPRESSED';

/** A lead whose hashes may be known already, as an import makes them in another thread. */
export interface HashedLead extends LeadFields {
  /** Hexadecimal. */
  readonly phoneHash?: string | null | undefined;
  readonly emailHash?: string | null | undefined;
  /** Its place among the queue's leads of the same `now`; left out: `firstPosition` and where it stands in the batch. */
  readonly position?: number | undefined;
}

interface Given extends LeadFields {
  /** The id it gets if it is new. */
  readonly id: string;
  /** Hexadecimal. */
  readonly phoneHash: string | null;
  readonly emailHash: string | null;
}

/**
 * Creates, updates or skips a batch of leads by number: one INSERT, one UPDATE at most, one INSERT into the queue.
 * Rows are written in the order of their numbers, so that two imports at once wait for each other rather than deadlock.
 * Nothing here waits on a row that a claim needs for longer than this transaction, and claims pass over locked items.
 */
export async function upsertLeads(
  tx: Kysely<Database>,
  rows: readonly HashedLead[],
  { hashes, ...options }: UpsertOptions & { readonly hashes: PersonHashes | null },
): Promise<readonly UpsertedLead[]> {
  const { merged, firstOf } = mergeByPhone(rows, options.duplicates);
  const given = [...merged.values()].map((fields) => ({
    ...fields,
    id: options.ids.next(),
    phoneHash: fields.phoneHash ?? (hashes && hex(hashes.phone(fields.phone))),
    emailHash:
      fields.emailHash ?? (hashes && fields.email ? hex(hashes.email(fields.email)) : null),
  }));
  const settled = await settle(tx, given, options);
  await addLeadPhones(
    tx,
    given.flatMap(({ phone, furtherPhones }) => {
      const lead = settled.get(phone);
      if (!lead || !furtherPhones?.length || lead.kind === 'skipped') return [];
      return [{ leadId: lead.id, phones: furtherPhones }];
    }),
  );

  const positionOf = (at: number): number =>
    rows[at]?.position ?? (options.firstPosition ?? 0) + at;
  const queueId = options.queueId;
  const added =
    queueId === undefined
      ? null
      : await putIntoQueue(
          tx,
          [...settled.values()].map((lead) => ({
            id: options.ids.next(),
            leadId: lead.id,
            phone: lead.phone,
            score: lead.score,
            position: positionOf(firstOf.get(lead.phone) ?? 0),
          })),
          { queueId, now: options.now },
        );

  const there =
    queueId === undefined || added === null
      ? new Map<string, QueueItemState>()
      : await statesInQueue(
          tx,
          queueId,
          [...settled.values()].map(({ id }) => id).filter((id) => !added.has(id)),
        );

  return rows.map((row, at) => {
    const lead = settled.get(row.phone);
    if (!lead) throw new Error('A row of the batch was lost.');
    const { kind, id: leadId } = lead;
    if (firstOf.get(row.phone) !== at) return { kind: 'duplicate_in_batch', leadId, queued: null };
    if (added === null) return { kind, leadId, queued: null };
    const item = added.get(leadId);
    const queued = item ? QUEUED[item.state] : 'already_there';
    return { kind, leadId, queued, itemState: there.get(leadId) };
  });
}

const QUEUED = { PENDING: 'added', SUPPRESSED: 'suppressed', DONE: 'ended' } as const;

async function statesInQueue(
  tx: Kysely<Database>,
  queueId: string,
  leadIds: readonly string[],
): Promise<ReadonlyMap<string, QueueItemState>> {
  if (leadIds.length === 0) return new Map();
  const rows = await tx
    .selectFrom('queue_items')
    .select(['lead_id', 'state'])
    .where('queue_id', '=', queueId)
    .where('lead_id', 'in', [...leadIds])
    .execute();
  return new Map(rows.map((row) => [row.lead_id, row.state]));
}

interface KnownLead {
  readonly id: string;
  readonly phone: string;
  readonly score: number;
}

interface SettledLead extends KnownLead {
  readonly kind: 'created' | 'updated' | 'skipped';
}

async function settle(
  tx: Kysely<Database>,
  given: readonly Given[],
  options: UpsertOptions,
): Promise<ReadonlyMap<string, SettledLead>> {
  const settled = new Map<string, SettledLead>();
  let open = given;
  while (open.length > 0) {
    for (const lead of await insertNew(tx, open, options.now)) {
      settled.set(lead.phone, { ...lead, kind: 'created' });
    }
    open = open.filter((row) => !settled.has(row.phone));
    if (open.length === 0) break;
    const update = options.duplicates === 'update';
    const known = update ? await updateKnown(tx, open, options.now) : await findKnown(tx, open);
    for (const lead of known) {
      settled.set(lead.phone, { ...lead, kind: update ? 'updated' : 'skipped' });
    }
    // What is open still was deleted between the two statements: its number is free, so it goes round once more.
    open = open.filter((row) => !settled.has(row.phone));
  }
  return settled;
}

async function insertNew(
  tx: Kysely<Database>,
  given: readonly Given[],
  now: Date,
): Promise<readonly KnownLead[]> {
  const { rows } = await sql<KnownLead>`
    insert into leads (id, name, phone, job_title, company, email, headcount, industry, time_zone, score,
      phone_hash, email_hash, created_at, updated_at)
    select id, name, phone, job_title, company, email, headcount, industry, time_zone, coalesce(score, 0),
      decode(phone_hash, 'hex'), decode(email_hash, 'hex'), ${now}::timestamptz, ${now}::timestamptz
    from ${table(given)}
    order by phone
    on conflict (phone) do nothing
    returning id, phone, score`.execute(tx);
  return rows;
}

/** Locked against deletion until the batch is in the queue. */
async function findKnown(
  tx: Kysely<Database>,
  given: readonly Given[],
): Promise<readonly KnownLead[]> {
  const { rows } = await sql<KnownLead>`
    select id, phone, score from leads
    where phone = any(${given.map((row) => row.phone)}::text[]) order by phone for key share`.execute(
    tx,
  );
  return rows;
}

async function updateKnown(
  tx: Kysely<Database>,
  given: readonly Given[],
  now: Date,
): Promise<readonly KnownLead[]> {
  const { rows } = await sql<KnownLead & { readonly rescored: boolean }>`
    with known as (
      select id, score from leads
      where phone = any(${given.map((row) => row.phone)}::text[]) order by phone for no key update
    )
    update leads set
      name = given.name,
      job_title = coalesce(given.job_title, leads.job_title),
      company = coalesce(given.company, leads.company),
      email = coalesce(given.email, leads.email),
      headcount = coalesce(given.headcount, leads.headcount),
      industry = coalesce(given.industry, leads.industry),
      time_zone = coalesce(given.time_zone, leads.time_zone),
      score = coalesce(given.score, leads.score),
      phone_hash = coalesce(decode(given.phone_hash, 'hex'), leads.phone_hash),
      email_hash = case when given.email is null then leads.email_hash else decode(given.email_hash, 'hex') end,
      updated_at = ${now}::timestamptz
    from known, ${table(given)}
    where leads.id = known.id and leads.phone = given.phone
    returning leads.id, leads.phone, leads.score, leads.score <> known.score as rescored`.execute(
    tx,
  );
  await carryScores(
    tx,
    rows.filter((row) => row.rescored),
  );
  return rows;
}

async function carryScores(tx: Kysely<Database>, leads: readonly KnownLead[]): Promise<void> {
  if (leads.length === 0) return;
  await sql`
    update queue_items set score = changed.score
    from (
      select queue_items.id, given.score
      from unnest(
        ${leads.map((lead) => lead.id)}::uuid[], ${leads.map((lead) => lead.score)}::integer[]
      ) as given (lead_id, score)
      join queue_items on queue_items.lead_id = given.lead_id
      order by queue_items.id
      for update of queue_items
    ) changed
    where queue_items.id = changed.id`.execute(tx);
}

/** One array per column: quicker than jsonb_to_recordset, which makes PostgreSQL parse what we have just printed. */
const table = (given: readonly Given[]) => sql`unnest(
    ${given.map((row) => row.id)}::uuid[],
    ${texts(given, 'name')}::text[],
    ${texts(given, 'phone')}::text[],
    ${texts(given, 'jobTitle')}::text[],
    ${texts(given, 'company')}::text[],
    ${texts(given, 'email')}::text[],
    ${texts(given, 'headcount')}::text[],
    ${texts(given, 'industry')}::text[],
    ${texts(given, 'timeZone')}::text[],
    ${given.map((row) => row.score ?? null)}::integer[],
    ${given.map((row) => row.phoneHash)}::text[],
    ${given.map((row) => row.emailHash)}::text[]
  ) as given (id, name, phone, job_title, company, email, headcount, industry, time_zone, score, phone_hash, email_hash)`;

/** PostgreSQL's text has no room for NUL, and one bad cell must not fail the other rows. */
const texts = (
  given: readonly Given[],
  field: Exclude<keyof LeadFields, 'score' | 'furtherPhones'>,
) => given.map((row) => row[field]?.replaceAll('\0', '') ?? null);

function mergeByPhone(rows: readonly HashedLead[], duplicates: UpsertOptions['duplicates']) {
  const merged = new Map<string, HashedLead>();
  const firstOf = new Map<string, number>();
  rows.forEach((row, at) => {
    const earlier = merged.get(row.phone);
    if (earlier === undefined) {
      merged.set(row.phone, row);
      firstOf.set(row.phone, at);
    } else if (duplicates === 'update') {
      merged.set(row.phone, over(earlier, row));
    }
  });
  return { merged, firstOf };
}

const over = (earlier: HashedLead, later: HashedLead): HashedLead => ({
  name: later.name,
  phone: later.phone,
  jobTitle: later.jobTitle ?? earlier.jobTitle,
  company: later.company ?? earlier.company,
  email: later.email ?? earlier.email,
  emailHash: later.email ? later.emailHash : earlier.emailHash,
  phoneHash: later.phoneHash,
  headcount: later.headcount ?? earlier.headcount,
  industry: later.industry ?? earlier.industry,
  timeZone: later.timeZone ?? earlier.timeZone,
  score: later.score ?? earlier.score,
  furtherPhones: [...(earlier.furtherPhones ?? []), ...(later.furtherPhones ?? [])],
});
