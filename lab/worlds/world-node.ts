import {
  advanceSession,
  begunCalls,
  type Carriers,
  type CrmRecords,
  type CrmSyncStore,
  checkCall,
  createEventSerializer,
  createSweeper,
  type DialerPorts,
  type DialerStore,
  hangUpCall,
  type Ids,
  type JobHint,
  type JobName,
  type JournalEntry,
  oneCarrier,
  type PlaceOrder,
  type PrefixZones,
  type PresenceStore,
  type ProviderInbox,
  placeCall,
  processProviderEvent,
  type ReconciliationStore,
  reconcile,
  recover,
  type Sweeper,
  syncCall,
  type Telephony,
  type UnseenCalls,
  unseenCalls,
  type ZoneOffsets,
} from '@outdial/core';
import type { VirtualTime } from '@outdial/testing/virtual-time';
import type { Chance } from './chance.js';
import type { WorldFaults } from './plan.js';
import type { Tally } from './tally.js';
import type { WorldCrm } from './world-crm.js';
import { interpretWorldEvent, type WorldNetwork } from './world-network.js';

export const SWEEP_EVERY_MS = 5_000;
const RECONCILE_EVERY_MS = 15_000;
/** Nodes read the rows of connections this often. */
const FOLLOW_CONNECTIONS_EVERY_MS = 3_000;
/** Later hints are left to the sweeper, as the real jobs do. */
const HINT_HORIZON_MS = 3_600_000;

/** A fault that the world has thrown in, so that it is not taken for a defect. */
export class InjectedFault extends Error {}

const isInjected = (error: unknown): boolean =>
  error instanceof AggregateError ? error.errors.every(isInjected) : error instanceof InjectedFault;

/** What lives on when a process dies. */
export interface Backing {
  readonly store: DialerStore;
  readonly inbox: ProviderInbox;
  readonly reconciliation: ReconciliationStore;
  readonly presence: PresenceStore;
  readonly crm: WorldCrm;
  readonly crmSync: CrmSyncStore;
  readonly crmRecords: CrmRecords;
  readonly network: WorldNetwork;
  /** For how long the connection has been disabled; null: it is enabled. */
  readonly disabledForMs: () => number | null;
  /** A broken world's node that hears of no disabled connection. */
  readonly isDeafToDisabling?: true;
  /** Parts of the network's adapter that a broken world replaces. */
  readonly telephony?: Partial<Pick<Telephony, 'lookUp' | 'hangUp'>>;
  /** A broken world's memory of calls that the network does not show. */
  readonly unseenCalls?: UnseenCalls;
  /** Jobs that a broken world never does. */
  readonly neglected?: readonly JobName[];
  readonly ids: Ids;
  readonly prefixZones: PrefixZones;
  readonly offsets: ZoneOffsets;
}

export interface NodeTools {
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly tally: Tally;
  readonly faults: () => WorldFaults;
  readonly tell: (line: string) => void;
  /** Something may be different now. */
  readonly changed: () => void;
  readonly died: (node: WorldNode) => void;
  readonly defect: (error: unknown, doing: string) => void;
}

/**
 * One process of the dialer. Every call of a port is a step: it takes a moment of drawn length, in which others act, and
 * the process may die at it, before or after the call was done. A dead process does nothing more; what it waited for
 * never comes.
 */
export class WorldNode {
  readonly name: string;
  readonly ports: DialerPorts;
  #alive = true;
  readonly #sweeper: Sweeper;
  readonly #tools: NodeTools;
  readonly #backing: Backing;
  readonly #clockOffBy: number;
  readonly #running = new Map<string, 'once' | 'again'>();
  readonly #waiting = new Map<string, number>();

  constructor(name: string, clockOffBy: number, backing: Backing, tools: NodeTools) {
    this.name = name;
    this.#clockOffBy = clockOffBy;
    this.#tools = tools;
    this.#backing = backing;
    this.ports = this.#makePorts();
    this.#sweeper = createSweeper(this.ports);
  }

  get alive(): boolean {
    return this.#alive;
  }

  now(): Date {
    return new Date(this.#tools.time.now().getTime() + this.#clockOffBy);
  }

  start(): void {
    void this.run('recover', async () => {
      await recover(this.ports);
      await this.#sweeper.sweep();
    });
    this.#every(SWEEP_EVERY_MS, 'sweep', () => this.#sweeper.sweep());
    this.#every(RECONCILE_EVERY_MS, 'reconcile', () => reconcile(this.ports));
  }

  die(): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#tools.tell(`${this.name} dies`);
    this.#tools.tally.count('process died');
    this.#tools.died(this);
  }

  /** Does some work in this process; `null` when it failed or never ends because the process died. */
  async run<T>(doing: string, work: () => Promise<T>): Promise<T | null> {
    if (!this.#alive) return null;
    try {
      return await work();
    } catch (error) {
      if (isInjected(error)) this.#tools.tally.count('work failed on the database');
      else this.#tools.defect(error, `${this.name}: ${doing}`);
      return null;
    }
  }

  #every(ms: number, doing: string, work: () => Promise<unknown>): void {
    this.#tools.time.after(ms, async () => {
      if (!this.#alive) return;
      this.#every(ms, doing, work);
      await this.run(doing, work);
    });
  }

  /** One port call. Only a `write` can change what a promise speaks of; only the database fails by itself. */
  #step<T>(kind: 'read' | 'write' | 'outside', name: string, work: () => Promise<T>): Promise<T> {
    const { time, chance, faults, tally } = this.#tools;
    return new Promise((resolve, reject) => {
      time.after(chance.between(0, 12), async () => {
        if (!this.#alive) return;
        const dies = chance.happens(faults().dies);
        const fails = kind !== 'outside' && chance.happens(faults().storeFails);
        const before = chance.happens(0.5);
        if (dies && before) return this.die();
        if (fails && before) return reject(new InjectedFault(`${name} failed`));
        tally.count('steps');
        try {
          const answer = await work();
          if (kind === 'write') this.#tools.changed();
          if (dies) return this.die();
          if (!this.#alive) return;
          if (fails) return reject(new InjectedFault(`${name} failed after it was done`));
          resolve(answer);
        } catch (error) {
          if (this.#alive) reject(error);
        }
      });
    });
  }

  #wake(hint: JobHint): void {
    const { time, chance, tally, faults } = this.#tools;
    if (chance.happens(faults().hintLost)) {
      tally.count('hint lost');
      return;
    }
    const waitMs = Math.max(0, (hint.at?.getTime() ?? 0) - this.now().getTime());
    if (waitMs > HINT_HORIZON_MS) return;
    const late = chance.happens(faults().hintLate);
    if (late) tally.count('hint late');
    const ms = waitMs + (late ? chance.between(0, 20_000) : 0);
    this.#startAfter(ms, hint.job, hint.id);
    if (chance.happens(faults().hintTwice)) {
      tally.count('hint twice');
      time.after(ms + chance.between(0, 3_000), () => this.#work(hint.job, hint.id));
    }
  }

  /** One (job, id) waits once, for the earliest hint. */
  #startAfter(ms: number, job: JobName, id: string): void {
    const key = `${job} ${id}`;
    const due = this.#tools.time.now().getTime() + Math.ceil(ms);
    if ((this.#waiting.get(key) ?? Number.POSITIVE_INFINITY) <= due) return;
    this.#waiting.set(key, due);
    this.#tools.time.after(ms, async () => {
      if (this.#waiting.get(key) === due) this.#waiting.delete(key);
      if (this.#running.has(key)) {
        this.#running.set(key, 'again');
        return;
      }
      this.#running.set(key, 'once');
      await this.#work(job, id);
      const again = this.#running.get(key) === 'again';
      this.#running.delete(key);
      if (again) this.#startAfter(0, job, id);
    });
  }

  async #work(job: JobName, id: string): Promise<void> {
    if (this.#backing.neglected?.includes(job)) return;
    await this.run(`${job} ${id}`, () => this.#handle(job, id));
  }

  async #handle(job: JobName, id: string): Promise<void> {
    switch (job) {
      case 'advance-session':
        return advanceSession(this.ports, id);
      case 'place-call':
        return placeCall(this.ports, id);
      case 'hang-up-call':
        return hangUpCall(this.ports, id);
      case 'check-call':
        return checkCall(this.ports, id);
      case 'process-event':
        return processProviderEvent(this.ports, id);
      case 'sync-call':
        await syncCall(this.ports, id);
        return;
      case 'run-import':
        throw new Error('There are no imports in this world.');
      default: {
        const never: never = job;
        return never;
      }
    }
  }

  #note({ event, callId, sessionId, details, repaired }: JournalEntry): void {
    const { tally, tell } = this.#tools;
    if (repaired !== undefined) tally.count(`repaired: ${repaired.kind}`, repaired.count);
    if (event === 'call repaired') tally.count(`repaired: ${details?.how}`);
    if (event === 'round won') tally.count('round won');
    if (event === 'manual call by agent') {
      tally.count('stepped back for a manual call');
      const id = String(details?.provider_call_id);
      // Nodes whose clocks differ by more than events are matched within cannot know.
      if (this.#clockOffBy === 0 && !this.#backing.network.isDialedByHand(id)) {
        this.#tools.defect(new Error(`${id} was taken for a call dialed by hand.`), this.name);
      }
    }
    tell(`${this.name}: ${event} ${callId ?? sessionId ?? ''} ${JSON.stringify(details ?? {})}`);
  }

  /** As a node knows it: a connection that was disabled a moment ago may still look enabled. */
  #isDisabledHere(): boolean {
    const { isDeafToDisabling, disabledForMs } = this.#backing;
    return isDeafToDisabling !== true && (disabledForMs() ?? 0) > FOLLOW_CONNECTIONS_EVERY_MS;
  }

  #carriers(telephony: Telephony): Carriers {
    const only = oneCarrier(telephony);
    return {
      ...only,
      closedBecause: (id) =>
        this.#isDisabledHere() ? 'The connection is disabled.' : only.closedBecause(id),
    };
  }

  /** No phone rings through a connection once every node knows that it is disabled. */
  #refuseOnDisabled(callId: string): void {
    const forMs = this.#backing.disabledForMs();
    if (forMs === null || forMs <= FOLLOW_CONNECTIONS_EVERY_MS) return;
    this.#tools.defect(
      new Error(`${callId} was placed on a connection that has been disabled for ${forMs} ms.`),
      this.name,
    );
  }

  #makePorts(): DialerPorts {
    const {
      store,
      inbox,
      reconciliation,
      presence,
      crm,
      crmSync,
      network,
      telephony,
      ids,
      prefixZones,
      offsets,
    } = this.#backing;
    const stopwatchMs = () => this.#tools.time.now().getTime();
    const read = <T>(name: string, work: () => Promise<T>): Promise<T> =>
      this.#step('read', name, work);
    const write = <T>(name: string, work: () => Promise<T>): Promise<T> =>
      this.#step('write', name, work);
    const outside = <T>(name: string, work: () => Promise<T>): Promise<T> =>
      this.#step('outside', name, work);
    /** When each call was committed to, as the world's clock says. */
    const decidedAt = new Map<string, Date>();
    return {
      store: {
        createSession: (session) => write('createSession', () => store.createSession(session)),
        findSession: (id) => read('findSession', () => store.findSession(id)),
        findOpenSession: (id) => read('findOpenSession', () => store.findOpenSession(id)),
        findAgent: (id) => read('findAgent', () => store.findAgent(id)),
        findCall: (id) => read('findCall', () => store.findCall(id)),
        peek: (id) => read('peek', () => store.peek(id)),
        changeSession: (id, decide) =>
          write('changeSession', () => store.changeSession(id, decide)),
        changeByCall: (id, decide) => write('changeByCall', () => store.changeByCall(id, decide)),
        changeByProviderCall: (provider, id, decide) =>
          write('changeByProviderCall', () => store.changeByProviderCall(provider, id, decide)),
        changeOnArrival: (event, which, decide) =>
          write('changeOnArrival', async () =>
            // Now and then this process remembers nothing of the call.
            this.#tools.chance.happens(0.3)
              ? 'not_now'
              : store.changeOnArrival(event, which, decide),
          ),
        recall: (id) => store.recall(id),
        isKnownToBeOver: (id) => store.isKnownToBeOver(id),
        fillLines: (id, now, filling) =>
          write('fillLines', async () => {
            const applied = await store.fillLines(id, now, filling);
            for (const call of applied?.calls ?? []) {
              if (call.state === 'DIALING') decidedAt.set(call.id, this.#tools.time.now());
            }
            return applied;
          }),
        beginPlacing: (id, now, deadlineAt) =>
          write('beginPlacing', async () => {
            const begun = await store.beginPlacing(id, now, deadlineAt);
            if (begun.kind === 'begun') decidedAt.set(id, this.#tools.time.now());
            else this.#tools.tally.count(`not placed: ${begun.kind}`);
            return begun;
          }),
        findPlacedCall: (search) => read('findPlacedCall', () => store.findPlacedCall(search)),
        wasClosedUnknown: (closed) =>
          read('wasClosedUnknown', () => store.wasClosedUnknown(closed)),
        findCallByProviderId: (provider, id) =>
          read('findCallByProviderId', () => store.findCallByProviderId(provider, id)),
        noteOutsideCall: (call) => write('noteOutsideCall', () => store.noteOutsideCall(call)),
        findAgentAtProvider: (connectionId, id, email) =>
          read('findAgentAtProvider', () => store.findAgentAtProvider(connectionId, id, email)),
        sessionsOn: (queueIds, statuses, page) =>
          read('sessionsOn', () => store.sessionsOn(queueIds, statuses, page)),
        openWork: () => read('openWork', () => store.openWork()),
      },
      inbox: {
        store: (event) => write('inbox.store', () => inbox.store(event)),
        find: (id) => read('inbox.find', () => inbox.find(id)),
        untried: (provider, key) => read('inbox.untried', () => inbox.untried(provider, key)),
        settle: (ids, as, note) => write('inbox.settle', () => inbox.settle(ids, as, note)),
        failed: (id, error, dueAt) => write('inbox.failed', () => inbox.failed(id, error, dueAt)),
      },
      reconciliation: {
        dueWork: (job, now, page) => read('dueWork', () => reconciliation.dueWork(job, now, page)),
        findStuckSessions: (limit) =>
          read('sessionsNobodyWakes', () => reconciliation.findStuckSessions(limit)),
        findSessionsWithUnwantedCalls: (limit, after) =>
          read('sessionsWithUnwantedCalls', () =>
            reconciliation.findSessionsWithUnwantedCalls(limit, after),
          ),
        releaseItems: (now, afterCall, limit) =>
          write('giveBackItems', () => reconciliation.releaseItems(now, afterCall, limit)),
        makeDue: (now, limit) => write('makeDue', () => reconciliation.makeDue(now, limit)),
      },
      presence: {
        // By the one clock that all nodes agree on for this: the database's.
        seen: (page, agentIds) =>
          write('presence.seen', () => presence.seen(page, agentIds, this.#tools.time.now())),
        left: (page, agentIds) =>
          write('presence.left', () => presence.left(page, agentIds, this.#tools.time.now())),
        lastLive: (agentId) =>
          read('presence.lastLive', async () => {
            const at = await presence.lastLive(agentId, this.#tools.time.now());
            return at && new Date(at.getTime() + this.#clockOffBy);
          }),
        absent: (connectionIds, _, limit) =>
          read('presence.absent', () =>
            presence.absent(connectionIds, this.#tools.time.now(), limit),
          ),
      },
      crm: {
        name: crm.name,
        upsertContact: (lead) => outside('upsertContact', () => crm.upsertContact(lead)),
        putActivity: (activity) => outside('putActivity', () => crm.putActivity(activity)),
      },
      crmSync: {
        claim: (id, now, until) => write('crm.claim', () => crmSync.claim(id, now, until)),
        synced: (id, result, now) => write('crm.synced', () => crmSync.synced(id, result, now)),
        notLogged: (id, result, now) =>
          write('crm.notLogged', () => crmSync.notLogged(id, result, now)),
        failed: (id, failure) => write('crm.failed', () => crmSync.failed(id, failure)),
        replay: (id, now) => write('crm.replay', () => crmSync.replay(id, now)),
        replayAll: (now, show) => write('crm.replayAll', () => crmSync.replayAll(now, show)),
      },
      carriers: this.#carriers({
        name: network.name,
        capabilities: network.capabilities,
        place: (order: PlaceOrder) => {
          this.#refuseOnDisabled(order.callId);
          return outside('place', () =>
            network.place(order, decidedAt.get(order.callId) ?? this.#tools.time.now()),
          );
        },
        hangUp: (ref) =>
          outside('hangUp', () => (telephony?.hangUp ?? ((call) => network.hangUp(call)))(ref)),
        lookUp: (ref) =>
          outside('lookUp', () =>
            (telephony?.lookUp ?? ((call) => network.lookUp(call, () => this.now())))(ref),
          ),
        availability: (agent) => outside('availability', () => network.availability(agent)),
        clockSkewMs: () => network.measuredSkewMs(),
        interpret: interpretWorldEvent,
      }),
      jobs: { wake: (hint) => this.#alive && this.#wake(hint) },
      announcements: { announce: () => undefined },
      journal: { note: (entry) => this.#note(entry) },
      clock: { now: () => this.now() },
      ids,
      prefixZones,
      crmRecords: async () => this.#backing.crmRecords,
      eventSerializer: createEventSerializer(),
      begunCalls: begunCalls(),
      stopwatchMs,
      unseenCalls: this.#backing.unseenCalls ?? unseenCalls(stopwatchMs),
      offsets,
    };
  }
}
