import {
  controlSession,
  receiveProviderEvent,
  rememberedOffsets,
  STANDARD_CRM_RECORDS,
  TRUTHFUL_CRM_RECORDS,
} from '@outdial/core';
import { createMemoryCrmSyncStore } from '@outdial/testing/fakes/memory-crm-sync-store';
import { createMemoryDialerStore } from '@outdial/testing/fakes/memory-dialer-store';
import { createMemoryPresenceStore } from '@outdial/testing/fakes/memory-presence-store';
import { createMemoryProviderInbox } from '@outdial/testing/fakes/memory-provider-inbox';
import { createMemoryReconciliationStore } from '@outdial/testing/fakes/memory-reconciliation-store';
import { MemoryState } from '@outdial/testing/fakes/memory-state';
import { createVirtualTime } from '@outdial/testing/virtual-time';
import { Chance } from './chance.js';
import { NO_FAULTS, planWorld, type WorldPlan } from './plan.js';
import type { PromiseNumber, SaidOfPerson } from './promises.js';
import { Tally } from './tally.js';
import { Watch } from './watch.js';
import { WorldCrm } from './world-crm.js';
import { WorldNetwork } from './world-network.js';
import { type Backing, WorldNode } from './world-node.js';
import { People, type PeopleTools, populate } from './world-people.js';

const MINUTE_MS = 60_000;
/** After the shift: how long sessions may go on by themselves, and when the last thing must be over. */
const SESSIONS_END_WITHIN_MS = 20 * MINUTE_MS;
const QUIET_WITHIN_MS = 10 * 60 * MINUTE_MS;

/** A provider's clock may be off by this, where its events are matched by time. */
const SKEWS_MS = [0, -12_000, 45_000, -180_000, 0, 600_000, -600_000];

export interface WorldOptions {
  readonly plan?: WorldPlan;
  /** Breaks something, to see whether the world notices. */
  readonly breakIt?: (backing: Backing, state: MemoryState) => Partial<Backing>;
  readonly onLine?: (line: string) => void;
}

export interface WorldReport {
  readonly seed: number;
  readonly plan: WorldPlan;
  readonly tally: Tally;
  readonly failure: WorldFailure | null;
}

export interface WorldFailure {
  /** The promise that was broken, or a defect that showed otherwise. */
  readonly promise: PromiseNumber | 'defect' | 'never quiet';
  readonly saw: string;
  readonly at: Date;
  /** The command that lives this world again. */
  readonly replay: string;
}

/** Lives through one world, and says what happened in it. Never throws for what happens inside. */
export async function runWorld(seed: number, options: WorldOptions = {}): Promise<WorldReport> {
  const world = new World(options.plan ?? planWorld(seed), options);
  return world.live();
}

class World {
  readonly #plan: WorldPlan;
  readonly #time;
  readonly #chance: Chance;
  readonly #tally = new Tally();
  readonly #state = new MemoryState();
  readonly #network: WorldNetwork;
  readonly #crm: WorldCrm;
  readonly #backing: Backing;
  readonly #people: People;
  readonly #peopleTools: PeopleTools;
  readonly #tell: (line: string) => void;
  readonly #suppressedSince = new Map<string, Date>();
  /** What dispositions say about their persons at the moment, by call. */
  readonly #contactRules = new Map<string, SaidOfPerson>();
  readonly #watch: Watch;
  #nodes: (WorldNode | null)[];
  #faults;
  #ids = 0;
  #births = 0;
  #upSince = 0;
  #shiftOver = false;
  #failure: WorldFailure | null = null;

  constructor(plan: WorldPlan, options: WorldOptions) {
    this.#plan = plan;
    this.#faults = plan.faults;
    this.#time = createVirtualTime(plan.start);
    this.#chance = new Chance(plan.seed + 1_000_003);
    this.#nodes = plan.clocksOffBy.map(() => null);
    const { onLine } = options;
    this.#tell = (line) => onLine?.(`${this.#time.now().toISOString().slice(11, 23)} ${line}`);
    const tools = {
      time: this.#time,
      chance: this.#chance,
      tally: this.#tally,
      faults: () => this.#faults,
    };
    this.#network = new WorldNetwork({
      ...tools,
      kind: plan.network,
      // Drawn apart, so that it changes nothing else of a world.
      skewMs: plan.network === 'app' ? (SKEWS_MS[plan.seed % SKEWS_MS.length] ?? 0) : 0,
      skewIsMeasured: plan.seed % 2 === 0,
      tell: this.#tell,
      deliver: async (event) => {
        const node = this.#anyNode();
        if (node === null) return false;
        return this.#receive(node, event);
      },
    });
    this.#crm = new WorldCrm(tools);
    // Drawn apart, so that it changes nothing else of a world.
    const crmRecords = plan.seed % 3 === 0 ? TRUTHFUL_CRM_RECORDS : STANDARD_CRM_RECORDS;
    const intact: Backing = {
      store: createMemoryDialerStore(this.#state),
      inbox: createMemoryProviderInbox(this.#state),
      reconciliation: createMemoryReconciliationStore(this.#state),
      presence: createMemoryPresenceStore(this.#state),
      crm: this.#crm,
      crmSync: createMemoryCrmSyncStore(this.#state),
      crmRecords,
      network: this.#network,
      disabledForMs: () => this.#disabledForMs(),
      ids: { next: () => this.#nextId('id') },
      prefixZones: new Map([
        ['1', ['America/New_York']],
        ['1800', ['America/New_York', 'America/Los_Angeles']],
        ['44', ['Europe/London']],
      ]),
      offsets: rememberedOffsets(),
    };
    this.#backing = { ...intact, ...options.breakIt?.(intact, this.#state) };
    this.#peopleTools = {
      ...tools,
      plan,
      state: this.#state,
      network: this.#network,
      tell: this.#tell,
      changed: () => this.#watch.changed(),
      anyNode: () => this.#anyNode(),
      nextId: (kind) => this.#nextId(kind),
      contactSaid: (call) => {
        const before = this.#contactRules.get(call.id);
        // While it is being saved, and for ever when the process dies meanwhile, either rule may be in force.
        this.#contactRules.delete(call.id);
        return (rule) => {
          if (rule === 'unchanged' && before !== undefined) this.#contactRules.set(call.id, before);
          if (rule === null || rule === 'unknown' || rule === 'unchanged') return;
          const own = this.#state.leads.get(call.leadId)?.phone ?? call.phone;
          const all = [call.phone, own, ...this.#state.furtherPhonesOf(call.leadId)];
          this.#contactRules.set(call.id, {
            effect: rule.effect,
            leadId: call.leadId,
            phones: rule.effect === 'suppress_number' ? [call.phone] : all,
            since: this.#time.now(),
          });
        };
      },
      suppressed: (phone) => {
        if (!this.#suppressedSince.has(phone)) {
          this.#suppressedSince.set(phone, this.#time.now());
        }
      },
    };
    this.#people = new People(this.#peopleTools);
    this.#watch = new Watch({
      ...this.#peopleTools,
      activities: () => this.#crm.activities(),
      crmRecords,
      suppressedSince: this.#suppressedSince,
      contactRules: this.#contactRules,
      calm: Object.values(plan.faults).every((chance) => chance === 0),
      clocksDifferByMs: Math.max(0, ...plan.clocksOffBy) - Math.min(0, ...plan.clocksOffBy),
      goneSince: (agentId) => this.#people.goneSince(agentId),
      thereSince: (agentId) => this.#people.thereSince(agentId),
      upSince: () => (this.#nodes.some((node) => node !== null) ? this.#upSince : null),
      report: ({ promise, saw }) => this.#fail(promise, saw),
    });
  }

  async live(): Promise<WorldReport> {
    const plan = this.#plan;
    try {
      populate(this.#peopleTools);
      for (const index of plan.clocksOffBy.keys()) this.#giveBirth(index);
      this.#people.start();
      this.#weather();
      await this.#until(plan.shiftMinutes * MINUTE_MS, () => false);
      await this.#endShift();
    } catch (error) {
      this.#defect(error, 'the world itself');
    }
    this.#sumUp();
    return { seed: plan.seed, plan, tally: this.#tally, failure: this.#failure };
  }

  async #endShift(): Promise<void> {
    if (this.#failure !== null) return;
    this.#tell('--- the shift is over: faults stop, sessions run out');
    this.#shiftOver = true;
    this.#people.goHome();
    this.#faults = NO_FAULTS;
    if (this.#network.down) this.#network.down = false;
    this.#nodes.forEach((node, index) => {
      if (node === null) this.#giveBirth(index);
    });
    await this.#until(SESSIONS_END_WITHIN_MS, () => this.#openSessions().length === 0);
    await this.#stopSessions();
    await this.#replayCrm();
    const quiet = await this.#until(QUIET_WITHIN_MS, () => this.#disquiet() === null);
    if (this.#failure !== null) return;
    if (!quiet) this.#fail('never quiet', this.#disquiet() ?? 'It was quiet.');
    else this.#watch.judgeTheEnd();
  }

  async #stopSessions(): Promise<void> {
    for (const session of this.#openSessions()) {
      const node = this.#anyNode();
      void node?.run('stop', () => controlSession(node.ports, session.id, 'stop'));
    }
    await this.#until(MINUTE_MS, () => this.#openSessions().length === 0);
  }

  /** A person replays what the CRM would not take, once a person has fixed the CRM. */
  async #replayCrm(): Promise<void> {
    await this.#until(5 * MINUTE_MS, () => false);
    const node = this.#anyNode();
    if (node === null) return;
    for (const call of this.#state.calls.values()) {
      if (call.state !== 'COMPLETED' || call.crm.state !== 'FAILED') continue;
      this.#tally.count('crm: replayed by a person');
      await this.#backing.crmSync.replay(call.id, node.now());
    }
  }

  /** Moves on until it holds, looking at all promises after every step; false when it did not in time. */
  async #until(ms: number, goal: () => boolean): Promise<boolean> {
    const deadline = this.#time.now().getTime() + ms;
    let reached = false;
    this.#time.after(ms, () => undefined);
    await this.#time.runUntil(() => {
      if (this.#failure === null) this.#watch.look();
      reached = goal();
      return reached || this.#failure !== null || this.#time.now().getTime() >= deadline;
    }, ms);
    return reached;
  }

  /** What still goes on, if anything does. */
  #disquiet(): string | null {
    const state = this.#state;
    const open = this.#openSessions();
    if (open.length > 0) return `session ${open[0]?.id} is ${open[0]?.status} (${open[0]?.reason})`;
    const [live] = state.liveCalls();
    if (live !== undefined) return `call ${live.id} is ${live.state}`;
    for (const event of state.events.values()) {
      if (event.state === 'PENDING') return `event ${event.dedupeKey} is PENDING`;
    }
    for (const call of state.calls.values()) {
      if (call.state === 'COMPLETED' && call.crm.dueAt !== null) {
        return `call ${call.id} is ${call.crm.state} at the CRM (${call.crm.lastError})`;
      }
    }
    return this.#network.underWay > 0 ? 'something is under way at the network' : null;
  }

  #openSessions() {
    return [...this.#state.sessions.values()].filter(({ status }) => status !== 'STOPPED');
  }

  /** Admins leave connections enabled once the shift is over, so that the rest of the work can end. */
  #disabledForMs(): number | null {
    if (this.#shiftOver) return null;
    const sinceMs = this.#time.now().getTime() - this.#plan.start.getTime();
    const since = this.#plan.disabled
      .filter(({ fromMs, toMs }) => fromMs <= sinceMs && sinceMs < toMs)
      .map(({ fromMs }) => sinceMs - fromMs);
    return since.length === 0 ? null : Math.max(...since);
  }

  #giveBirth(index: number): void {
    this.#births += 1;
    const clock = this.#plan.clocksOffBy[index] ?? 0;
    const node = new WorldNode(`node-${index + 1}.${this.#births}`, clock, this.#backing, {
      time: this.#time,
      chance: this.#chance,
      tally: this.#tally,
      faults: () => this.#faults,
      tell: this.#tell,
      changed: () => this.#watch.changed(),
      died: () => this.#bury(index),
      defect: (error, doing) => this.#defect(error, doing),
    });
    if (this.#nodes.every((other) => other === null)) this.#upSince = this.#time.now().getTime();
    this.#nodes[index] = node;
    this.#tell(`${node.name} starts`);
    if (this.#births > this.#plan.clocksOffBy.length) this.#tally.count('process started again');
    node.start();
  }

  #bury(index: number): void {
    this.#nodes[index] = null;
    this.#network.lastHindranceMs = this.#time.now().getTime();
    // Also after the shift: a death that was drawn before its end may come with the answer of a slow provider.
    const ms = this.#chance.happens(0.8)
      ? this.#chance.between(200, 8_000)
      : this.#chance.between(8_000, 120_000);
    this.#time.after(ms, () => {
      if (this.#nodes[index] === null) this.#giveBirth(index);
    });
  }

  #anyNode(): WorldNode | null {
    const up = this.#nodes.filter((node) => node !== null);
    return up.length === 0 ? null : this.#chance.pick(up);
  }

  /** The webhook: 200 only once it is stored; a process that dies leaves the sender without an answer. */
  #receive(node: WorldNode, event: { dedupeKey: string; payload: unknown }): Promise<boolean> {
    return new Promise((resolve) => {
      const giveUp = this.#time.after(10_000, () => resolve(false));
      const request = { provider: this.#network.name, ...event };
      void node
        .run('webhook', () => receiveProviderEvent(node.ports, request))
        .then((stored) => {
          giveUp();
          resolve(stored !== null);
        });
    });
  }

  /** The network goes down now and then. */
  #weather(): void {
    this.#time.after(MINUTE_MS / 4, () => {
      if (this.#shiftOver) return;
      this.#weather();
      if (this.#network.down || !this.#chance.happens(this.#faults.goesDown / 4)) return;
      this.#network.down = true;
      this.#time.after(this.#chance.between(10_000, 180_000), () => {
        if (this.#network.down) this.#network.down = false;
      });
    });
  }

  #sumUp(): void {
    const count = (what: string, times = 1): void => this.#tally.count(what, times);
    count(`worlds: ${this.#plan.network}`);
    if (this.#plan.clocksOffBy.length > 1) count('worlds: two processes');
    if (this.#plan.clocksOffBy.some((ms) => ms !== 0)) count('worlds: clocks differ');
    if (this.#plan.faults === NO_FAULTS) count('worlds: calm');
    for (const call of this.#state.calls.values()) {
      count('calls');
      if (call.state !== 'COMPLETED') continue;
      count(`outcome: ${call.outcome}`);
      if (call.attempt > 1) count('called again');
      if (call.clearance.rule === 'inside_window') count('calls inside an enforced window');
    }
    for (const item of this.#state.items.values()) {
      if (item.heldReason !== null) count('items held outside calling hours');
    }
    for (const { state, note } of this.#state.events.values()) {
      count(`event ${state}`);
      if (note === 'It is about no call of ours.') count('event about no call of ours');
    }
  }

  #nextId(kind: string): string {
    this.#ids += 1;
    return `${kind}-${String(this.#ids).padStart(6, '0')}`;
  }

  #defect(error: unknown, doing: string): void {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#fail('defect', `${doing}: ${stack}`);
  }

  #fail(promise: WorldFailure['promise'], saw: string): void {
    this.#tell(`!!! ${promise}: ${saw}`);
    this.#failure ??= {
      promise,
      saw,
      at: this.#time.now(),
      replay: `npm run worlds -- --seed ${this.#plan.seed} --count 1 --verbose`,
    };
  }
}
