import { type Kysely, type RawBuilder, sql } from 'kysely';
import { settleItems } from '../dialing/contact-hold.js';
import type { Database } from '../engine/database.js';
import { Outdated, retryLostRaces } from '../engine/retry-lost-races.js';
import { toJson } from '../engine/to-json.js';
import type { PersonHashes } from './person-hashes.js';

/** By what a person is asked for. */
export type PersonKey =
  | { readonly kind: 'phone'; readonly phone: string }
  | { readonly kind: 'email'; readonly email: string }
  | { readonly kind: 'lead'; readonly leadId: string };

/** Everything that identifies one person, and no other person. */
export interface Person {
  readonly leadIds: readonly string[];
  /** E.164; earlier ones too, unless another lead has them. */
  readonly phones: readonly string[];
  /** Addresses that no other lead has: a mailbox that colleagues share says nothing. */
  readonly emails: readonly string[];
}

/** What a CRM in this database holds. null with an external CRM, which gets the erased calls by another sync. */
export interface PeopleInCrm {
  /** Ids of leads whose contact has one of these. */
  leadsOf(tx: Kysely<Database>, who: Pick<Person, 'phones' | 'emails'>): Promise<readonly string[]>;
  read(tx: Kysely<Database>, leadIds: readonly string[]): Promise<PersonInCrm>;
  /** Keeps contacts and activities, so that each call still has its one (P6), and empties them. Answers how many. */
  erase(tx: Kysely<Database>, leadIds: readonly string[], now: Date): Promise<number>;
}

export interface PersonInCrm {
  readonly contacts: readonly unknown[];
  readonly activities: readonly unknown[];
}

/** Rows as they are stored, snake_case; times ISO 8601. */
export interface PersonData {
  readonly leads: readonly unknown[];
  readonly queueItems: readonly unknown[];
  readonly calls: readonly unknown[];
  readonly crm: PersonInCrm;
  readonly providerEvents: readonly unknown[];
  readonly campaignNumbers: readonly unknown[];
  readonly suppressions: readonly unknown[];
  /** What they said on calls about being called again. */
  readonly contactStops: readonly unknown[];
  /** Calls to their numbers that the dialer did not place. */
  readonly outsideCalls: readonly unknown[];
  readonly importErrors: readonly unknown[];
  readonly auditEntries: readonly unknown[];
  /** Names of the lists that hold more than `limit`, of which only the newest are there. */
  readonly cut: readonly string[];
}

export interface ErasedPerson {
  readonly leads: number;
  readonly queueItems: number;
  /** Promised call-backs that went with them. */
  readonly callbacks: number;
  readonly calls: number;
  readonly providerEvents: number;
  readonly crmRecords: number;
  readonly imports: number;
}

export type EraseAnswer =
  | {
      readonly kind: 'erased';
      readonly counts: ErasedPerson;
      /** Calls that are synced to the CRM again, now without the person. */
      readonly callIds: readonly string[];
    }
  /** A call is live, or a session has them at hand. */
  | { readonly kind: 'on_call' }
  /** A provider's own campaign has the number and may call it. */
  | { readonly kind: 'in_campaign' }
  /** Several leads have this address; they may be several people. */
  | { readonly kind: 'several'; readonly leadIds: readonly string[] }
  | { readonly kind: 'not_found' };

export interface EraseOptions {
  /** The last statement of the transaction, such as the audit entry; what it throws keeps the person as they were. */
  readonly beforeCommit?: (tx: Kysely<Database>, counts: ErasedPerson) => Promise<void>;
  readonly now: Date;
  /** Why their numbers stay on the list of those that are never dialed. Names no person. */
  readonly suppressedBecause: string;
  /** Rows of a file that is being imported, with the person's cells made unreadable; null: they are not in them. */
  readonly withoutPerson: (
    rows: { readonly content: string; readonly options: unknown },
    person: Person,
  ) => string | null;
}

export interface DataSubjectStore {
  /** null: nothing here is about them. */
  find(key: PersonKey): Promise<Person | null>;
  /** At most `limit` rows of each kind, newest first. Reads one moment. `references`: by which the audit log names them. */
  read(
    person: Person,
    options: { readonly limit: number; readonly references: readonly string[] },
  ): Promise<PersonData>;
  /**
   * Empties everything personal in one transaction, and keeps the rows: what counts them counts as before (P10). The numbers
   * stay on the suppression list. Safe twice, and beside whatever the dialer does meanwhile.
   */
  erase(key: PersonKey, options: EraseOptions): Promise<EraseAnswer>;
}

/** In place of a number: followed by an id, so that `leads_phone` stays unique. No provider is ever asked for it. */
export const ERASED = 'erased:';
export const ERASED_NAME = 'Erased person';
/** What is left of a provider event: enough to know it again when it is delivered once more (P7). */
const LEFT_OF_EVENT = toJson({ erased: true });
const notErased = sql<boolean>`payload <> ${LEFT_OF_EVENT}::jsonb`;
const isErased = (phone: string): boolean => phone.startsWith(ERASED);

/**
 * Finds, reads and erases people. Calls and provider events have no index on the number, as each would cost every call
 * something for a question that is asked a few times a month: they are read whole (about 1 s for a million calls).
 */
export function createDataSubjectStore(
  db: Kysely<Database>,
  { hashes, crm }: { readonly hashes: PersonHashes; readonly crm: PeopleInCrm | null },
): DataSubjectStore {
  return {
    find: (key) => findPerson(db, key, { hashes, crm }),
    read: (person, options) =>
      db
        .transaction()
        .setIsolationLevel('repeatable read')
        .execute((tx) => readPerson(tx, person, { ...options, crm })),
    erase: (key, options) =>
      retryLostRaces(async () => {
        const person = await findPerson(db, key, { hashes, crm });
        if (person === null) return { kind: 'not_found' };
        if (key.kind === 'email' && person.leadIds.length > 1) {
          return { kind: 'several', leadIds: person.leadIds };
        }
        // Before the transaction: reading all events takes longer than anybody should be kept waiting. Those that come meanwhile
        // are looked at in it.
        const { rows } = await sql<{ id: string }>`
          select id from provider_events
          where ${isInEvent(person, await callKeysOf(db, person))} and ${notErased}`.execute(db);
        const eventIds = rows.map(({ id }) => id);
        try {
          return await db
            .transaction()
            .execute((tx) => erasePerson(tx, person, { ...options, eventIds, crm }));
        } catch (error) {
          if (error instanceof NotNow) return error.answer;
          throw error;
        }
      }),
  };
}

/** Takes everything back that was written until then. */
class NotNow extends Error {
  constructor(readonly answer: EraseAnswer) {
    super(answer.kind);
  }
}

const texts = (all: readonly string[]) => sql`${[...all]}::text[]`;
const uuids = (all: readonly string[]) => sql`${[...all]}::uuid[]`;
const distinct = (all: readonly (string | null | undefined)[]): string[] => [
  ...new Set(
    all.filter((each): each is string => each !== null && each !== undefined && each !== ''),
  ),
];

async function findPerson(
  db: Kysely<Database>,
  key: PersonKey,
  { hashes, crm }: { readonly hashes: PersonHashes; readonly crm: PeopleInCrm | null },
): Promise<Person | null> {
  const own: Pick<Person, 'phones' | 'emails'> = {
    phones: key.kind === 'phone' ? [key.phone] : [],
    emails: key.kind === 'email' ? [key.email] : [],
  };
  const { rows: leads } = await sql<{ id: string; phone: string; email: string | null }>`
    select id, phone, email from leads where ${isLead(key, hashes)}
      or id in (${leadByFurtherPhone(own.phones)}) order by id`.execute(db);
  // A lead that is gone is known by its calls, and by the CRM.
  const leadIds = distinct([
    ...leads.map(({ id }) => id),
    ...(key.kind === 'lead' ? [key.leadId] : []),
    ...((await crm?.leadsOf(db, own)) ?? []),
  ]);
  const given = distinct([
    ...own.phones,
    ...leads.map(({ phone }) => phone),
    ...(await furtherPhonesOf(db, leadIds)),
  ]);
  const { rows: calls } = await sql<{ phone: string; theirs: boolean }>`
    select phone, not exists (
        select from leads where leads.phone = c.phone and leads.id <> all(${uuids(leadIds)})
      ) and not exists (
        select from calls o where o.phone = c.phone and o.lead_id <> all(${uuids(leadIds)})
      ) as theirs
    from (
      select distinct phone from calls
      where lead_id = any(${uuids(leadIds)}) or phone = any(${texts(own.phones)})
    ) c`.execute(db);
  const { rows: suppressed } = await sql`
    select from suppressions where phone = any(${texts(own.phones)}) limit 1`.execute(db);
  const contacts = key.kind === 'lead' ? leadIds.length - 1 : leadIds.length - leads.length;
  if (leads.length + calls.length + suppressed.length + contacts === 0) return null;
  return {
    leadIds,
    phones: distinct([
      ...given,
      ...calls.filter(({ theirs }) => theirs).map(({ phone }) => phone),
    ]).filter((phone) => !isErased(phone)),
    emails: await ofNobodyElse(
      db,
      distinct([...own.emails, ...leads.map(({ email }) => email)]),
      leadIds,
      hashes,
    ),
  };
}

/** A further number says who it is where one lead alone has it; a switchboard that colleagues share says nothing. */
const leadByFurtherPhone = (phones: readonly string[]): RawBuilder<unknown> => sql`
  select n.lead_id from lead_phones n
  where n.phone = any(${texts(phones)})
    and not exists (select from leads o where o.phone = n.phone and o.id <> n.lead_id)
    and not exists (select from lead_phones o where o.phone = n.phone and o.lead_id <> n.lead_id)`;

/** Of these leads, and of no other lead. */
async function furtherPhonesOf(
  db: Kysely<Database>,
  leadIds: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await sql<{ phone: string }>`
    select distinct n.phone from lead_phones n
    where n.lead_id = any(${uuids(leadIds)})
      and not exists (select from leads o where o.phone = n.phone and o.id <> all(${uuids(leadIds)}))
      and not exists (select from lead_phones o where o.phone = n.phone and o.lead_id <> all(${uuids(leadIds)}))`.execute(
    db,
  );
  return rows.map(({ phone }) => phone);
}

async function ofNobodyElse(
  db: Kysely<Database>,
  emails: readonly string[],
  leadIds: readonly string[],
  hashes: PersonHashes,
): Promise<readonly string[]> {
  const free: string[] = [];
  for (const email of emails) {
    const { rows } = await sql`
      select from leads where (${isLead({ kind: 'email', email }, hashes)}) and id <> all(${uuids(leadIds)})
      limit 1`.execute(db);
    if (rows.length === 0) free.push(email);
  }
  return free;
}

/** Rows without a hash yet are few, and have an index of their own. */
function isLead(key: PersonKey, hashes: PersonHashes): RawBuilder<boolean> {
  switch (key.kind) {
    case 'lead':
      return sql`id = ${key.leadId}`;
    case 'phone':
      // By the number itself, which is readable and has an index; where it is not, by its hash (see migration 0011).
      return sql`phone = ${key.phone}`;
    case 'email':
      return sql`email_hash = ${Buffer.from(hashes.email(key.email))}
        or (erased_at is null and email is not null and email_hash is null
          and lower(btrim(email)) = ${key.email.trim().toLowerCase()})`;
    default:
      return key satisfies never;
  }
}

/** Calls to a number of theirs, also when another lead had the number then. */
const isCall = ({ leadIds, phones }: Person) =>
  sql<boolean>`(calls.lead_id = any(${uuids(leadIds)}) or calls.phone = any(${texts(phones)}))`;

interface CallKeys {
  readonly ids: readonly string[];
  readonly providerCallIds: readonly string[];
}

async function callKeysOf(db: Kysely<Database>, person: Person): Promise<CallKeys> {
  const { rows } = await sql<{ id: string; provider_call_id: string | null }>`
    select id, provider_call_id from calls where ${isCall(person)}`.execute(db);
  return {
    ids: rows.map(({ id }) => id),
    providerCallIds: distinct(rows.map((row) => row.provider_call_id)),
  };
}

/** By the call that they were found to be about, by the provider's own, or by what stands in them, however it is written. */
function isInEvent(person: Person, calls: CallKeys): RawBuilder<boolean> {
  const pattern = patternOf(person);
  const written = pattern === null ? sql`false` : sql`payload::text ~* ${pattern}`;
  return sql`(call_id = any(${uuids(calls.ids)}) or call_key = any(${texts(calls.providerCallIds)}) or ${written})`;
}

/**
 * For `~*`: the number with whatever people and providers put between the digits (`+1 202-555-0101`), and the address, neither as
 * a part of another; null when there is neither.
 */
export function patternOf({ phones, emails }: Pick<Person, 'phones' | 'emails'>): string | null {
  const numbers = phones.map(
    (phone) =>
      `(^|[^0-9])${phone.replace(/\D/g, '').split('').join('[^0-9A-Za-z]{0,3}')}([^0-9]|$)`,
  );
  const addresses = emails.map((email) => {
    const escaped = email.trim().replace(/[\\^$.*+?()[\]{}|-]/g, '\\$&');
    return `(^|[^A-Za-z0-9._%+-])${escaped}([^A-Za-z0-9.-]|[.]?$|[.][^A-Za-z0-9])`;
  });
  const all = [...numbers, ...addresses];
  return all.length === 0 ? null : all.join('|');
}

async function readPerson(
  tx: Kysely<Database>,
  person: Person,
  {
    limit,
    references,
    crm,
  }: {
    readonly limit: number;
    readonly references: readonly string[];
    readonly crm: PeopleInCrm | null;
  },
): Promise<PersonData> {
  const cut: string[] = [];
  const list = async (name: string, query: RawBuilder<unknown>): Promise<unknown[]> => {
    const { rows } = await sql<{ row: unknown }>`
      select to_jsonb(t) as row from (${query} limit ${limit + 1}) t`.execute(tx);
    if (rows.length > limit) cut.push(name);
    return rows.slice(0, limit).map(({ row }) => row);
  };
  const calls = await callKeysOf(tx, person);
  const { leadIds, phones } = person;
  const inLine = isInLine(person);
  return {
    leads: await list(
      'leads',
      sql`select id, name, job_title, phone as phone_number, company, email, headcount, industry, time_zone, score,
        enrichment, crm_external_id, created_at, updated_at, erased_at,
        (select coalesce(json_agg(json_build_object('phone_number', n.phone, 'label', n.label) order by n.position), '[]')
          from lead_phones n where n.lead_id = leads.id) as further_phone_numbers
        from leads where id = any(${uuids(leadIds)}) order by id desc`,
    ),
    queueItems: await list(
      'queue_items',
      sql`select i.id, i.queue_id, q.name as queue_name, i.lead_id, i.phone as phone_number, i.state, i.priority,
        i.due_at, i.callback, i.attempts, i.last_outcome, i.held_reason, i.created_at
        from queue_items i join queues q on q.id = i.queue_id where i.lead_id = any(${uuids(leadIds)}) order by i.id desc`,
    ),
    calls: await list(
      'calls',
      sql`select calls.id, calls.lead_id, calls.lead_name, calls.phone as phone_number, calls.agent_id,
        agents.name as agent_name, calls.queue_id, calls.provider, calls.provider_call_id, calls.state, calls.clearance,
        calls.queued_at, calls.dialed_at, calls.answered_at, calls.answered_by, calls.ended_at, calls.outcome,
        calls.reason, calls.talk_seconds, calls.disposition, calls.notes, calls.note_draft, calls.callback_at, calls.crm_state,
        calls.crm_activity_id
        from calls join agents on agents.id = calls.agent_id where ${isCall(person)} order by calls.id desc`,
    ),
    crm: (await crm?.read(tx, leadIds)) ?? { contacts: [], activities: [] },
    providerEvents: await list(
      'provider_events',
      sql`select id, provider, received_at, state, call_id, payload from provider_events
        where ${isInEvent(person, calls)} order by id desc`,
    ),
    campaignNumbers: await list(
      'campaign_numbers',
      sql`select handover_id, phone as phone_number, lead_id, lead_name, state, reason from campaign_numbers
        where lead_id = any(${uuids(leadIds)}) or phone = any(${texts(phones)})`,
    ),
    suppressions: await list(
      'suppressions',
      sql`select phone as phone_number, reason, source, created_at from suppressions
        where phone = any(${texts(phones)}) order by created_at desc`,
    ),
    contactStops: await list(
      'contact_stops',
      sql`select call_id, phone as phone_number, lead_id, effect, disposition, until, created_at from contact_stops
        where lead_id = any(${uuids(leadIds)}) or phone = any(${texts(phones)}) order by created_at desc`,
    ),
    outsideCalls: await list(
      'outside_calls',
      sql`select provider, provider_call_id, phone as phone_number, dialed_at, ended_at from outside_calls
        where phone = any(${texts(phones)}) order by dialed_at desc`,
    ),
    importErrors: await list(
      'import_errors',
      sql`select e.import_id, i.file_name, e.line, e.fate, e.field, e.reason, e.cells
        from import_lines e join imports i on i.id = e.import_id where ${inLine}`,
    ),
    auditEntries: await list(
      'audit_entries',
      sql`select seq, at, actor_name, action, target_kind, target_id, details from audit_log
        where target_id = any(${texts([...leadIds, ...calls.ids, ...references])})
          or exists (
            select from unnest(${texts(references)}) as given (reference)
            where position(given.reference in audit_log.details::text) > 0)
        order by seq desc`,
    ),
    cut,
  };
}

/**
 * Locks go the way that everybody's do: leads, sessions, the list, items in order of their ids, calls. A claim passes over locked
 * leads; what another transaction wrote first is read again once the lead is locked.
 */
async function erasePerson(
  tx: Kysely<Database>,
  person: Person,
  options: EraseOptions & {
    readonly eventIds: readonly string[];
    readonly crm: PeopleInCrm | null;
  },
): Promise<EraseAnswer> {
  const { leadIds, phones } = person;
  const { now, crm } = options;
  const { rows: leads } = await sql<{ phone: string }>`
    select phone from leads where id = any(${uuids(leadIds)}) order by id for update`.execute(tx);
  // The person got another number meanwhile: read again.
  if (leads.some(({ phone }) => !isErased(phone) && !phones.includes(phone))) throw new Outdated();
  const { rows: sessions } = await sql<{ id: string }>`
    select id from sessions where id in (select session_id from calls where ${isCall(person)})
    order by id for no key update`.execute(tx);
  const { rows: promised } = await sql`
    select from queue_items
    where lead_id = any(${uuids(leadIds)}) and callback and state = 'PENDING'`.execute(tx);
  // Once on the list they cannot come back by themselves: an import that brings them again brings them suppressed.
  await suppress(tx, person, options);
  const { rows: items } = await sql<{ state: string }>`
    select state from queue_items where lead_id = any(${uuids(leadIds)}) order by id for update`.execute(
    tx,
  );
  const { rows: live } = await sql`
    select from calls where state <> 'COMPLETED' and ${isCall(person)} limit 1`.execute(tx);
  if (live.length > 0 || items.some(({ state }) => state === 'CLAIMED')) {
    throw new NotNow({ kind: 'on_call' });
  }
  const { rows: handedOver } = await sql`
    select from campaign_numbers where state = 'WAITING'
      and (lead_id = any(${uuids(leadIds)}) or phone = any(${texts(phones)})) limit 1`.execute(tx);
  if (handedOver.length > 0) throw new NotNow({ kind: 'in_campaign' });

  // Decisions about a session are written only onto the version that they were made on: none that still knows the person is.
  await sql`update sessions set version = version + 1 where id = any(${uuids(sessions.map(({ id }) => id))})`.execute(
    tx,
  );
  const calls = await callKeysOf(tx, person);
  const counts = {
    callbacks: promised.length,
    queueItems: await changed(
      tx,
      sql`
      update queue_items set phone = ${ERASED} || lead_id, held_reason = null,
        state = case when state = 'PENDING' then 'SUPPRESSED' else state end
      where lead_id = any(${uuids(leadIds)}) and phone not like ${`${ERASED}%`}`,
    ),
    calls: await changed(
      tx,
      sql`
      update calls set
        phone = ${ERASED} || lead_id, lead_name = ${ERASED_NAME}, notes = null, note_draft = null, note_draft_at = null,
        note_revision = note_revision + 1, callback_at = null, crm_error = null,
        reason = ${withoutWritten(sql`reason`, person)},
        crm_revision = crm_revision + 1,
        crm_due_at = case when crm_state = 'SYNCED' then ${now} else crm_due_at end,
        crm_state = case when crm_state = 'SYNCED' then 'PENDING' else crm_state end
      where ${isCall(person)} and phone not like ${`${ERASED}%`}`,
    ),
    providerEvents: await changed(
      tx,
      sql`
      update provider_events set payload = ${toJson({ erased: true })}::jsonb,
        state = case when state in ('PENDING', 'DEAD') then 'IGNORED' else state end,
        due_at = null, note = 'The person was erased.'
      where ${notErased} and (
        id = any(${uuids(options.eventIds)})
        or (received_at >= ${minutesBefore(now)} and ${isInEvent(person, calls)}))`,
    ),
    crmRecords: (await crm?.erase(tx, leadIds, now)) ?? 0,
    imports: (await eraseFromImports(tx, person, options)) + (await eraseFromErrors(tx, person)),
    leads: await changed(
      tx,
      sql`
      update leads set name = ${ERASED_NAME}, phone = ${ERASED} || id, job_title = null, company = null, email = null,
        headcount = null, industry = null, time_zone = null, enrichment = null, phone_hash = null, email_hash = null,
        updated_at = ${now}, erased_at = ${now}
      where id = any(${uuids(leadIds)}) and erased_at is null`,
    ),
  };
  await sql`delete from lead_phones where lead_id = any(${uuids(leadIds)})`.execute(tx);
  // The suppression list holds their numbers from now on; what they said is theirs.
  await sql`
    delete from contact_stops
    where lead_id = any(${uuids(leadIds)}) or phone = any(${texts(phones)})`.execute(tx);
  await sql`delete from outside_calls where phone = any(${texts(phones)})`.execute(tx);
  await sql`
    delete from campaign_numbers
    where lead_id = any(${uuids(leadIds)}) or phone = any(${texts(phones)})`.execute(tx);
  await options.beforeCommit?.(tx, counts);
  return { kind: 'erased', counts, callIds: calls.ids };
}

async function changed(tx: Kysely<Database>, statement: RawBuilder<unknown>): Promise<number> {
  return Number((await statement.execute(tx)).numAffectedRows ?? 0);
}

/** An error may quote the number. */
function withoutWritten(column: RawBuilder<unknown>, person: Person): RawBuilder<unknown> {
  const pattern = patternOf(person);
  return pattern === null
    ? column
    : sql`case when ${column} ~* ${pattern} then null else ${column} end`;
}

/** Events that came after the look at all of them, with room for clocks that differ. */
const minutesBefore = (now: Date): Date => new Date(now.getTime() - 10 * 60_000);

/**
 * The first reason may name a person, so it is replaced; when and who put the number on the list stays. What stands in place of the
 * number is on the list as well: whatever looks there before it dials, or puts an item back, need not know of erasing.
 */
async function suppress(
  tx: Kysely<Database>,
  { leadIds, phones }: Person,
  { suppressedBecause, now }: EraseOptions,
): Promise<void> {
  await sql`
    insert into suppressions (phone, reason, source, created_at)
    select phone, ${suppressedBecause}, 'person', ${now}::timestamptz
    from unnest(${texts([...phones, ...leadIds.map((id) => `${ERASED}${id}`)])}) as given (phone)
    order by phone
    on conflict (phone) do update set reason = excluded.reason, call_id = null`.execute(tx);
  // Also of another lead, which has the number by now.
  await settleItems(tx, { phones });
}

/** A line is theirs by a number that was read from it, in whatever form it is written there, or by what is written in it. */
function isInLine(person: Pick<Person, 'phones' | 'emails'>): RawBuilder<boolean> {
  const pattern = patternOf(person);
  const written =
    pattern === null
      ? sql`false`
      : sql`(reason ~* ${pattern} or coalesce(cells, '') ~* ${pattern})`;
  return sql`(phones && ${texts(person.phones)} or ${written})`;
}

/** Files that are not imported yet; others are not kept. */
async function eraseFromImports(
  tx: Kysely<Database>,
  person: Person,
  { withoutPerson }: EraseOptions,
): Promise<number> {
  if (person.phones.length + person.emails.length === 0) return 0;
  const files = await tx
    .selectFrom('imports')
    .select(['id', 'options'])
    .where('state', 'in', ['PENDING', 'RUNNING'])
    .orderBy('id')
    .execute();
  const erased = new Set<string>();
  for (const { id, options } of files) {
    const { rows: numbers } = await sql<{ number: number }>`
      select number from import_chunks where import_id = ${id} order by number`.execute(tx);
    // One after the other: all of them together may be 48 MB.
    for (const { number } of numbers) {
      const chunk = await tx
        .selectFrom('import_chunks')
        .select('content')
        .where('import_id', '=', id)
        .where('number', '=', number)
        .forUpdate()
        .executeTakeFirst();
      const content = chunk ? withoutPerson({ content: chunk.content, options }, person) : null;
      if (content === null) continue;
      await tx
        .updateTable('import_chunks')
        .set({ content })
        .where('import_id', '=', id)
        .where('number', '=', number)
        .execute();
      erased.add(id);
    }
  }
  return erased.size;
}

async function eraseFromErrors(tx: Kysely<Database>, person: Person): Promise<number> {
  return changed(
    tx,
    sql`update import_lines set reason = 'is about a person who was erased', cells = null, phones = '{}'
      where ${isInLine(person)}`,
  );
}
