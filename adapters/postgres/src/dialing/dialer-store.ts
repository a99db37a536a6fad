import {
  type Applied,
  type AuditNote,
  type BeginPlacing,
  type Call,
  type ContactChanged,
  type Decision,
  type DialerStore,
  EarlierEventsWait,
  type LineFilling,
  type NewProviderEvent,
  type Outlook,
  type QueuedCall,
  type QueueItem,
  type Scene,
  type SceneOfCall,
  type Session,
  type SessionOnQueue,
} from '@outdial/core';
import { type Kysely, sql } from 'kysely';
import { LRUCache } from 'lru-cache';
import type { AgentsTable, CallsTable, Database } from '../engine/database.js';
import { KeyedMutex } from '../engine/keyed-mutex.js';
import { databaseError, Outdated, retryLostRaces } from '../engine/retry-lost-races.js';
import { toJson } from '../engine/to-json.js';
import { applyContact, lockPerson } from './apply-contact.js';
import { makeReady, pickItems, readOutlook } from './claim-items.js';
import { calledSince, contactHold } from './contact-hold.js';
import {
  agentFromRow,
  callFromRow,
  type RowOf,
  sessionFromRow,
  sessionToRecord,
} from './map-rows.js';
import { noteOutsideCall } from './outside-calls.js';
import { readScene, readSceneOfCall, type SceneRead } from './read-scene.js';
import { SceneMemory } from './scene-memory.js';
import { type ChangeToWrite, isEmpty, writeChange } from './write-change.js';

/** How many items one claim judges, and how many suppressed ones it clears away, before it lets others go on. */
const CANDIDATES_AT_MOST = 500;
const SUPPRESSED_ITEMS_CLEARED_AT_MOST = 5_000;

/** So many events are decided as they arrive; beyond that, storing them in groups costs each of them less. */
const DECIDED_ON_ARRIVAL_AT_MOST = 8;

const NOTHING_LEFT_OUT: Outlook = { blocked: false, nextDueAt: null };

/** Items whose time came are let into the claim's index at least so often; until then others of their queue go first. */
const LOOK_FOR_READY_EVERY_MS = 1_000;
const QUEUES_REMEMBERED = 1_000;

export interface DialerStoreOptions {
  /** Stores what a change wants in the audit log, in its transaction; left out: it is not stored. */
  readonly appendAudit?: (tx: Kysely<Database>, notes: readonly AuditNote[]) => Promise<void>;
}

/**
 * Sessions, calls and queue items on PostgreSQL.
 *
 * "The session is the lock" is kept by counting: a scene is read as one snapshot together with the session's version, and a
 * decision is written onto that version or not at all, in which case the scene is read again. So nothing is locked while the
 * core decides, and only the claim needs a transaction, which holds the items it picked. A lock would have cost a
 * statement and two round trips more for each change, for a collision that needs two nodes at one session at the same
 * time: within one process they take turns (`KeyedMutex`).
 *
 * And because a decision proves itself by that version, it need not be made on a scene that was just read: `SceneMemory`
 * keeps the last ones. Only a decision to write nothing proves nothing; on a remembered scene it is made again on one that
 * is read.
 *
 * `db`: `OpenDatabase.dialing`, where statements are prepared and never read a table whole.
 *
 * Statements: a change 1, with the event that it is about when that has just arrived, and 1 more when this process does not remember the
 * session (a disposition that holds its person everywhere: 7 between begin and commit); a claim 2 between begin and commit, 1
 * more to read the session, 1 more when it gets less than it wants, 1 more once a second for items that become due;
 * `beginPlacing` 1. `test/statements.int.test.ts` holds these.
 */
export function createDialerStore(
  db: Kysely<Database>,
  { appendAudit }: DialerStoreOptions = {},
): DialerStore {
  const turns = new KeyedMutex();
  const memory = new SceneMemory();
  let deciding = 0;
  /** By queue: when items were last made ready, by the time of who claimed. */
  const madeReadyAt = new LRUCache<string, number>({ max: QUEUES_REMEMBERED });

  /** `recall` answers from memory what `read` would read, or null. */
  async function change<S extends Scene, T>(
    recall: () => SceneRead<S> | null,
    read: () => Promise<SceneRead<S> | null>,
    decide: (scene: S) => Decision<T>,
    eventCallOf: (scene: S) => string | undefined,
  ): Promise<Applied<T> | null> {
    return retryLostRaces(async () => {
      let remembered = recall();
      let found = remembered ?? (await read());
      if (found === null) return null;
      const sessionId = found.scene.session.id;
      const turn = await turns.take(sessionId);
      try {
        if (turn.waited) {
          remembered = recall();
          found = remembered ?? (await read());
        }
        for (;;) {
          if (found === null) return null;
          const decision = decide(found.scene);
          const eventCallId = eventCallOf(found.scene);
          const toWrite = { ...decision.change, ...(eventCallId !== undefined && { eventCallId }) };
          if (!isEmpty(toWrite)) {
            const contact = await writeWithContact(found, toWrite, remembered !== null);
            memory.wrote(found, decision.change);
            return applied(found.scene.session, decision, contact);
          }
          if (remembered === null) {
            memory.remember(found);
            return applied(found.scene.session, decision);
          }
          remembered = null;
          found = await read();
        }
      } finally {
        turn.end();
      }
    });
  }

  async function changeOnArrival<T>(
    event: NewProviderEvent,
    which: { readonly callId?: string; readonly providerCallId?: string },
    decide: (scene: SceneOfCall) => Decision<T> | null,
  ): Promise<Applied<T> | 'not_now'> {
    const { callId, providerCallId } = which;
    const found =
      (callId === undefined ? null : memory.sceneOfCall(callId)) ??
      (providerCallId === undefined
        ? null
        : memory.sceneOfProviderCall(event.provider, providerCallId));
    if (found === null || found.scene.subject.call.provider !== event.provider) return 'not_now';
    const turn = turns.takeIfFree(found.scene.session.id);
    if (turn === null) return 'not_now';
    deciding += 1;
    try {
      const decision = decide(found.scene);
      if (decision === null) return 'not_now';
      const eventCallId = found.scene.subject.call.id;
      await write(db, found, { ...decision.change, arrived: event, eventCallId }, true);
      memory.wrote(found, decision.change);
      return applied(found.scene.session, decision);
    } catch (error) {
      const lost = error instanceof Outdated || error instanceof EarlierEventsWait;
      if (lost || databaseError(error).code === UNIQUE_VIOLATION) return 'not_now';
      throw error;
    } finally {
      deciding -= 1;
      turn.end();
    }
  }

  /**
   * A disposition and what it does to its person are one transaction, and so are a change and its audit entries; the usual change is
   * one statement and needs none. Audit entries come last: until the commit all other writers of the log wait.
   */
  async function writeWithContact(
    found: SceneRead,
    toWrite: ChangeToWrite,
    wasRemembered: boolean,
  ): Promise<ContactChanged | null> {
    const { contact } = toWrite;
    const audit = appendAudit === undefined ? undefined : toWrite.audit;
    if (contact === undefined && audit === undefined) {
      await write(db, found, toWrite, wasRemembered);
      return null;
    }
    return db.transaction().execute(async (tx) => {
      if (contact !== undefined) await lockPerson(tx, contact.leadId);
      await write(tx, found, toWrite, wasRemembered);
      const changed = contact === undefined ? null : await applyContact(tx, contact);
      const notes = audit?.(changed) ?? [];
      if (notes.length > 0) await appendAudit?.(tx, notes);
      return changed;
    });
  }

  /** Whatever goes wrong, what this process believed of the session is not to be believed any more. */
  async function write(
    on: Kysely<Database>,
    { scene, version }: SceneRead,
    toWrite: ChangeToWrite,
    wasRemembered: boolean,
  ): Promise<void> {
    const sessionId = scene.session.id;
    try {
      await writeChange(on, { sessionId, version }, toWrite);
    } catch (error) {
      if (error instanceof Outdated && wasRemembered) memory.distrust(sessionId);
      else if (!(error instanceof EarlierEventsWait)) memory.forget(sessionId);
      throw error;
    }
  }

  async function fillLines<T>(
    sessionId: string,
    now: Date,
    filling: LineFilling<T>,
  ): Promise<Applied<T> | null> {
    const remembered = memory.scene(sessionId);
    const found = remembered ?? (await readScene(db, sessionId));
    if (found === null) return null;
    const answer = await claimFor(found, remembered !== null, now, filling);
    if (answer.wrote || remembered === null) return answer.applied;
    // Nothing to do, says a scene that may be outdated.
    const read = await readScene(db, sessionId);
    return read === null ? null : (await claimFor(read, false, now, filling)).applied;
  }

  async function claimFor<T>(
    found: SceneRead,
    wasRemembered: boolean,
    now: Date,
    filling: LineFilling<T>,
  ): Promise<{ readonly wrote: boolean; readonly applied: Applied<T> }> {
    const { scene: read } = found;
    const opened = filling.open(read);
    const scene: Scene = { ...read, session: opened.session };
    // What `open` changed is written even when `conclude` has nothing to add.
    const withOpened = (decision: Decision<T>): Decision<T> =>
      decision.change.session !== undefined || opened.session === read.session
        ? decision
        : { ...decision, change: { ...decision.change, session: opened.session } };

    if (opened.take <= 0) {
      const decision = withOpened(filling.conclude(scene, [], NOTHING_LEFT_OUT));
      const wrote = !isEmpty(decision.change);
      if (wrote) {
        await write(db, found, decision.change, wasRemembered);
        memory.wrote(found, decision.change);
      } else if (!wasRemembered) memory.remember(found);
      return { wrote, applied: applied(read.session, decision) };
    }

    const { queueId } = scene.session;
    const looked = await letInWhatIsDue(db, queueId, now, LOOK_FOR_READY_EVERY_MS);
    const done = await db.transaction().execute(async (transaction) => {
      const letIn = looked ? null : () => letInWhatIsDue(transaction, queueId, now, 0);
      const claim = await claimItems(transaction, scene, now, opened.take, filling, letIn);
      const decision = withOpened(
        filling.conclude(scene, [...claim.calls.values()], claim.outlook),
      );
      const decided = decision.change.calls ?? [];
      const newCalls = new Map<string, Call>(claim.calls);
      for (const call of decided) if (newCalls.has(call.id)) newCalls.set(call.id, call);
      const otherCalls = decided.filter((call) => !newCalls.has(call.id));
      const items = new Map(claim.items);
      for (const item of decision.change.items ?? []) items.set(item.id, item);
      const toWrite = {
        ...decision.change,
        calls: otherCalls,
        newCalls: [...newCalls.values()],
        items: [...items.values()],
      };
      const wrote = !isEmpty(toWrite);
      if (wrote) await write(transaction, found, toWrite, wasRemembered);
      return {
        wrote,
        change: { ...toWrite, calls: [...newCalls.values(), ...otherCalls] },
        applied: {
          ...applied(read.session, decision),
          calls: [...newCalls.values(), ...otherCalls],
          queueChanged: items.size > 0,
        },
      };
    });
    // Not before the commit: a decision must not build on a change that may still be rolled back.
    if (done.wrote) memory.wrote(found, done.change);
    else if (!wasRemembered) memory.remember(found);
    return done;
  }

  /** False: another caller did so less than `everyMs` ago. */
  async function letInWhatIsDue(
    on: Kysely<Database>,
    queueId: string,
    now: Date,
    everyMs: number,
  ): Promise<boolean> {
    const last = madeReadyAt.get(queueId);
    if (last !== undefined && Math.abs(now.getTime() - last) < everyMs) return false;
    madeReadyAt.set(queueId, now.getTime());
    await makeReady(on, queueId, now);
    return true;
  }

  return {
    async createSession(session) {
      try {
        const record = sessionToRecord(session);
        const columns = sql.raw(Object.keys(record).join(', '));
        const { numAffectedRows } = await sql`
          insert into sessions (${columns})
          select ${columns} from json_populate_recordset(null::sessions, ${toJson([record])}::json)
          on conflict (agent_id) where status <> 'STOPPED' do nothing
        `.execute(db);
        return numAffectedRows === 1n ? 'created' : 'agent_busy';
      } catch (error) {
        const { code, constraint } = databaseError(error);
        if (code === '23503' && constraint === 'sessions_agent_id_fkey') return 'unknown_agent';
        if (code === '23503' && constraint === 'sessions_queue_id_fkey') return 'unknown_queue';
        throw error;
      }
    },

    async findSession(sessionId) {
      const row = await db
        .selectFrom('sessions')
        .selectAll()
        .where('id', '=', sessionId)
        .executeTakeFirst();
      return row === undefined ? null : sessionFromRow(row);
    },

    async findOpenSession(agentId) {
      const row = await db
        .selectFrom('sessions')
        .selectAll()
        .where('agent_id', '=', agentId)
        .where('status', '<>', 'STOPPED')
        .executeTakeFirst();
      return row === undefined ? null : sessionFromRow(row);
    },

    async findAgent(agentId) {
      const row = await db
        .selectFrom('agents')
        .selectAll()
        .where('id', '=', agentId)
        .executeTakeFirst();
      return row === undefined ? null : agentFromRow(row);
    },

    async findCall(callId) {
      const row = await db
        .selectFrom('calls')
        .selectAll()
        .where('id', '=', callId)
        .executeTakeFirst();
      return row === undefined ? null : callFromRow(row);
    },

    async peek(sessionId, how) {
      const remembered = how === 'remembered' ? memory.scene(sessionId) : null;
      if (remembered !== null) return remembered.scene;
      const read = await readScene(db, sessionId);
      if (read !== null && how === 'remembered') memory.remember(read);
      return read?.scene ?? null;
    },

    isKnownToBeOver: (callId) => memory.isOver(callId),

    changeSession: (sessionId, decide) =>
      change(
        () => memory.scene(sessionId),
        () => readScene(db, sessionId),
        decide,
        () => undefined,
      ),

    changeByCall: (callId, decide) =>
      change(
        () => memory.sceneOfCall(callId),
        () => readSceneOfCall(db, sql`subject.id = ${callId}`),
        decide,
        () => callId,
      ),

    changeByProviderCall: (provider, providerCallId, decide) =>
      change(
        () => memory.sceneOfProviderCall(provider, providerCallId),
        () =>
          readSceneOfCall(
            db,
            sql`subject.provider = ${provider} and subject.provider_call_id = ${providerCallId}`,
          ),
        decide,
        ({ subject }) => subject.call.id,
      ),

    changeOnArrival: async (event, which, decide) =>
      deciding < DECIDED_ON_ARRIVAL_AT_MOST ? changeOnArrival(event, which, decide) : 'not_now',

    recall: (callId) => memory.sceneOfCall(callId)?.scene ?? null,

    fillLines: (sessionId, now, filling) =>
      retryLostRaces(async () => {
        const turn = await turns.take(sessionId);
        try {
          return await fillLines(sessionId, now, filling);
        } finally {
          turn.end();
        }
      }),

    beginPlacing: (callId, now, deadlineAt) =>
      retryLostRaces(async () => {
        const session = memory.sceneOfCall(callId)?.scene.session;
        const turn = session === undefined ? null : await turns.take(session.id);
        try {
          const { answer, version } = await beginPlacing(db, callId, now, deadlineAt);
          if (answer.kind !== 'begun') return answer;
          const { call } = answer;
          // Another writer may have changed the session just before. Then the next decision reads it.
          const before = memory.scene(call.sessionId);
          if (before?.version === version - 1) memory.wrote(before, { calls: [call] });
          else memory.forget(call.sessionId);
          return answer;
        } finally {
          turn?.end();
        }
      }),

    async findPlacedCall(search) {
      const { rows } = await sql<{ id: string }>`
        select c.id from calls c join agents a on a.id = c.agent_id
        where c.phone = ${search.to} and c.provider = ${search.provider} and c.provider_call_id is null
          and c.state in ('DIALING', 'RINGING', 'IN_PROGRESS') and c.dialed_at <= ${search.dialedBefore}
          and ${isAgentAt(search.provider, search.agentProviderUserId, search.agentEmail)}
        order by c.dialed_at desc limit 1
      `.execute(db);
      return rows[0]?.id ?? null;
    },

    async wasClosedUnknown({ provider, agentId, to, dialedSince, dialedBefore }) {
      // What was dialed since then also ended since then: `calls_history_agent` finds it.
      const { rows } = await sql`
        select from calls
        where agent_id = ${agentId} and state = 'COMPLETED' and ended_at >= ${dialedSince}
          and phone = ${to} and provider = ${provider} and provider_call_id is null
          and dialed_at between ${dialedSince} and ${dialedBefore}
        limit 1
      `.execute(db);
      return rows.length > 0;
    },

    async findCallByProviderId(provider, providerCallId) {
      const row = await db
        .selectFrom('calls')
        .select('id')
        .where('provider', '=', provider)
        .where('provider_call_id', '=', providerCallId)
        .executeTakeFirst();
      return row?.id ?? null;
    },

    noteOutsideCall: (call) => noteOutsideCall(db, call),

    async findAgentAtProvider(connectionId, providerUserId, email) {
      const { rows } = await sql<RowOf<AgentsTable>>`
        select a.* from agents a where ${isAgentAt(connectionId, providerUserId, email)}
        order by ${userAt(connectionId)} is null, a.id limit 1
      `.execute(db);
      return rows[0] === undefined ? null : agentFromRow(rows[0]);
    },

    async sessionsOn(queueIds, statuses, { after, limit }) {
      const { rows } = await sql<SessionOnQueue>`
        select id, agent_id as "agentId" from sessions
        where status = any(${[...statuses]}::text[]) and queue_id = any(${[...queueIds]}::uuid[])
          and (${after}::uuid is null or id > ${after}::uuid)
        order by id limit ${limit}`.execute(db);
      return rows;
    },

    async openWork() {
      const { rows } = await sql<{ call_ids: string[]; session_ids: string[] }>`
        select
          (select coalesce(json_agg(id order by id), '[]') from calls where state <> 'COMPLETED') as call_ids,
          (select coalesce(json_agg(id order by id), '[]') from sessions where status <> 'STOPPED') as session_ids
      `.execute(db);
      return { callIds: rows[0]?.call_ids ?? [], sessionIds: rows[0]?.session_ids ?? [] };
    },
  };
}

const UNIQUE_VIOLATION = '23505';

/** The provider's user where one is configured; only where none is, the address says who it is. */
const isAgentAt = (connectionId: string, providerUserId: string, email: string | null) => sql`(
  ${userAt(connectionId)} = ${providerUserId}
  or (${userAt(connectionId)} is null and lower(a.email) = lower(${email}::text))
)`;

const userAt = (connectionId: string) => sql`(a.identities #>> array[${connectionId}, 'userId'])`;

const applied = <T>(
  before: Session,
  { change, answer }: Decision<T>,
  contact: ContactChanged | null = null,
): Applied<T> => ({
  before,
  session: change.session ?? before,
  calls: change.calls ?? [],
  queueChanged: Boolean(change.items?.length),
  contact,
  answer,
});

interface Claim {
  /** By id, in the order of the claim. */
  readonly calls: ReadonlyMap<string, QueuedCall>;
  /** What becomes of the items looked at: claimed, held, or marked as suppressed. */
  readonly items: ReadonlyMap<string, QueueItem>;
  readonly outlook: Outlook;
}

/**
 * Takes exactly what is wanted first, so that nothing is locked that others could have; only when candidates are held or
 * suppressed it goes on, in growing steps.
 */
async function claimItems(
  db: Kysely<Database>,
  scene: Scene,
  now: Date,
  take: number,
  filling: Pick<LineFilling<unknown>, 'assess'>,
  letInWhatIsDue: (() => Promise<unknown>) | null,
): Promise<Claim> {
  const { id: sessionId, queueId } = scene.session;
  const calls = new Map<string, QueuedCall>();
  const items = new Map<string, QueueItem>();
  let judged = 0;
  let heldUntil: Date | null = null;
  let limit = take;
  let dry = false;
  let letIn = false;
  while (calls.size < take && !dry) {
    if (judged >= CANDIDATES_AT_MOST || items.size - judged >= SUPPRESSED_ITEMS_CLEARED_AT_MOST)
      break;
    const picked = await pickItems(db, { queueId, now, limit, seen: [...items.keys()] });
    dry = picked.length < limit;
    if (dry && !letIn) {
      await letInWhatIsDue?.();
      dry = letInWhatIsDue === null;
      letIn = true;
    }
    for (const { candidate, mayNotBeCalled } of picked) {
      if (calls.size === take) break;
      const { item } = candidate;
      if (mayNotBeCalled) {
        // As it is: writing a waiting item marks it with what holds it.
        items.set(item.id, item);
        continue;
      }
      judged += 1;
      const assessment = filling.assess(candidate, scene);
      if (assessment.kind === 'hold') {
        const { dueAt, reason } = assessment;
        items.set(item.id, { ...item, dueAt, heldReason: reason });
        if (heldUntil === null || dueAt < heldUntil) heldUntil = dueAt;
        continue;
      }
      calls.set(assessment.call.id, assessment.call);
      items.set(item.id, {
        ...item,
        state: 'CLAIMED',
        claimedBySessionId: sessionId,
        heldReason: null,
      });
    }
    limit = Math.min(CANDIDATES_AT_MOST - judged, Math.max(limit * 4, 20));
  }
  if (calls.size === take) return { calls, items, outlook: NOTHING_LEFT_OUT };
  const { blocked, nextDueAt } = await readOutlook(db, queueId, now, [...items.keys()]);
  const earliest =
    heldUntil !== null && (nextDueAt === null || heldUntil < nextDueAt) ? heldUntil : nextDueAt;
  return { calls, items, outlook: { blocked, nextDueAt: earliest } };
}

interface BeginRow {
  readonly queued: boolean;
  readonly hold: 'SUPPRESSED' | 'DONE' | null;
  readonly called_meanwhile: boolean;
  readonly over: boolean;
  readonly begun: RowOf<CallsTable> | null;
  readonly agent: RowOf<AgentsTable>;
  readonly ring_seconds: number;
  readonly version: number;
}

/**
 * Counts the session up first: a decision about this call that was made while it was still QUEUED is then not written. The
 * state is looked at once more where the row is locked, so that exactly one caller begins.
 */
async function beginPlacing(
  db: Kysely<Database>,
  callId: string,
  now: Date,
  deadlineAt: Date,
): Promise<{ readonly answer: BeginPlacing; readonly version: number }> {
  const { rows } = await sql<BeginRow>`
    with found as (
      select c.id, c.session_id, c.agent_id, c.state = 'QUEUED' as queued,
             ${contactHold(sql`c.lead_id`, sql`c.phone`)} as hold,
             ${calledSince(sql`c.phone`, sql`c.clearance`)} as called_meanwhile,
             coalesce((c.clearance ->> 'until')::timestamptz <= ${now}, false) as over
      from calls c where c.id = ${callId}
    ), counted as (
      update sessions s set version = s.version + 1
      from found f
      where s.id = f.session_id and f.queued and f.hold is null and f.called_meanwhile is not true and not f.over
      returning s.id, s.version
    ), begun as (
      update calls c
      set state = 'DIALING', placement = 'ASKED', dialed_at = ${now}, deadline_at = ${deadlineAt}, place_at = null
      from counted
      where c.id = ${callId} and c.session_id = counted.id and c.state = 'QUEUED'
      returning c.*
    )
    select f.queued, f.hold, f.called_meanwhile is true as called_meanwhile, f.over, (select row_to_json(b) from begun b) as begun,
           row_to_json(a) as agent, (s.settings ->> 'ring_seconds')::integer as ring_seconds,
           coalesce((select c.version from counted c), s.version) as version
    from found f join sessions s on s.id = f.session_id join agents a on a.id = f.agent_id
  `.execute(db);
  const [row] = rows;
  return { answer: begunOr(row), version: row?.version ?? 0 };
}

function begunOr(row: BeginRow | undefined): BeginPlacing {
  if (row === undefined || !row.queued) return { kind: 'not_queued' };
  if (row.hold !== null) return { kind: row.hold === 'DONE' ? 'contact_ended' : 'suppressed' };
  if (row.called_meanwhile) return { kind: 'called_meanwhile' };
  if (row.over) return { kind: 'clearance_over' };
  if (row.begun === null) return { kind: 'not_queued' };
  return {
    kind: 'begun',
    call: callFromRow(row.begun),
    agent: agentFromRow(row.agent),
    ringSeconds: row.ring_seconds,
  };
}
