import {
  type Agent,
  type Call,
  type ContactRule,
  contactRuleOf,
  controlSession,
  type Disposition,
  isConversation,
  isLive,
  type Lead,
  requestHangUp,
  SCREEN_HEARTBEAT_MS,
  type Session,
  type SessionWish,
  STANDARD_DISPOSITIONS,
  saveDisposition,
  startSession,
} from '@outdial/core';
import type { MemoryState } from '@outdial/testing/fakes/memory-state';
import type { VirtualTime } from '@outdial/testing/virtual-time';
import type { Chance } from './chance.js';
import type { WorldPlan } from './plan.js';
import type { Tally } from './tally.js';
import type { WorldNetwork } from './world-network.js';
import type { WorldNode } from './world-node.js';

export interface PeopleTools {
  readonly plan: WorldPlan;
  readonly state: MemoryState;
  readonly network: WorldNetwork;
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly tally: Tally;
  readonly tell: (line: string) => void;
  readonly changed: () => void;
  /** A process that takes requests; null: none is up. */
  readonly anyNode: () => WorldNode | null;
  readonly nextId: (kind: string) => string;
  readonly suppressed: (phone: string) => void;
  /**
   * An agent saves a disposition; the answer takes what came of it. `unknown`: the database failed, so whether it was saved is not
   * known. A process that dies meanwhile never comes to tell.
   */
  readonly contactSaid: (
    call: Call,
  ) => (rule: ContactRule | null | 'unknown' | 'unchanged') => void;
}

/** The standard set, and what installations add: their own words, effects and retries. */
const BY_AGENT: readonly Disposition[] = [
  ...STANDARD_DISPOSITIONS,
  {
    code: 'asked_for_email',
    label: 'Asked for an e-mail',
    effect: 'keep',
    retry: { delaySeconds: 120, tries: 3 },
    color: 'teal',
    key: null,
  },
  {
    code: 'left_the_firm',
    label: 'Left the firm',
    effect: 'suppress_number',
    retry: null,
    color: 'orange',
    key: null,
  },
  {
    code: 'objection',
    label: 'Objection',
    effect: 'suppress_person',
    retry: null,
    color: 'red',
    key: '0',
  },
];
const ZONES = ['America/New_York', 'America/Chicago', 'Europe/London', null, null];

/** Fills the stores before the shift: agents, queues that share leads, and the leads' places in them. */
export function populate(tools: PeopleTools): void {
  const { plan, state } = tools;
  const now = tools.time.now();
  for (let number = 1; number <= plan.agents; number += 1) {
    state.putAgent({
      id: `agent-${number}`,
      name: `Agent ${number}`,
      email: `agent${number}@example.com`,
      presence: 'AVAILABLE',
      presenceSince: now,
      identities: { [tools.network.name]: { userId: `user-${number}`, numberId: null } },
    });
  }
  plan.queues.forEach((settings, index) => {
    state.putQueue({ id: `queue-${index + 1}`, name: `Queue ${index + 1}`, settings });
  });
  for (let number = 1; number <= plan.leads; number += 1) addLead(tools);
}

/** A new lead, in one queue or in several. */
export function addLead({ plan, state, chance, time, nextId, changed }: PeopleTools): void {
  const now = time.now();
  const id = nextId('lead');
  const number = state.leads.size + 1;
  const lead: Lead = {
    id,
    name: `Lead ${number}`,
    jobTitle: null,
    phone: `${chance.pick(['+1202555', '+1800555', '+44207946'])}${String(number).padStart(4, '0')}`,
    company: null,
    email: null,
    headcount: null,
    industry: null,
    timeZone: chance.pick(ZONES),
    score: chance.whole(0, 3),
    enrichment: null,
    crmExternalId: null,
    createdAt: now,
    updatedAt: now,
  };
  state.putLead(lead);
  // Some have the number of the lead before as a further one.
  const before = number % 4 === 0 ? [...state.leads.values()][number - 2] : undefined;
  if (before !== undefined) state.putFurtherPhones(id, [before.phone]);
  const home = chance.whole(1, plan.queues.length);
  plan.queues.forEach((_, index) => {
    if (index + 1 !== home && chance.happens(0.5)) return;
    state.putItem({
      id: nextId('item'),
      queueId: `queue-${index + 1}`,
      leadId: id,
      state: 'PENDING',
      priority: chance.whole(0, 2),
      dueAt: now,
      callback: false,
      attempts: 0,
      attemptsByOutcome: {},
      lastOutcome: null,
      heldReason: null,
      claimedBySessionId: null,
      createdAt: now,
    });
  });
  changed();
}

/** What agents do at their screens, and others behind their backs, until they go home. */
export class People {
  readonly #tools: PeopleTools;
  #atWork = true;
  #homeSince = 0;
  /** Who has closed the laptop, and since when. */
  readonly #gone = new Map<string, number>();
  /** Whose page is open, and since when. */
  readonly #there = new Map<string, number>();

  constructor(tools: PeopleTools) {
    this.#tools = tools;
  }

  start(): void {
    const { state, chance } = this.#tools;
    for (const agent of state.agents.values()) {
      this.#later(chance.between(0, 10_000), () => this.#act(agent));
      this.#there.set(agent.id, this.#tools.time.now().getTime());
      this.#attend(agent);
    }
    this.#later(chance.between(5_000, 60_000), () => this.#meddle());
  }

  /** From now on they only finish what they have begun. */
  goHome(): void {
    this.#atWork = false;
    this.#homeSince = this.#tools.time.now().getTime();
    for (const agent of this.#tools.state.agents.values()) {
      if (this.#gone.has(agent.id)) this.#openLaptop(agent);
    }
  }

  /** Since when the agent's page has been closed; null: it is open. */
  goneSince(agentId: string): number | null {
    return this.#gone.get(agentId) ?? null;
  }

  /** Since when the agent's page has been open; null: it is closed. */
  thereSince(agentId: string): number | null {
    return this.#there.get(agentId) ?? null;
  }

  /** The agent's page says that it is there, as long as it is open. */
  #attend(agent: Agent): void {
    void this.#pageIs('seen', agent);
    this.#tools.time.after(SCREEN_HEARTBEAT_MS, () => {
      const session = this.#tools.state.openSessionOf(agent.id);
      // A session may still start that was asked for just before the shift ended.
      if (this.#justAtWork() || session !== null) this.#attend(agent);
    });
  }

  #justAtWork(): boolean {
    return this.#atWork || this.#tools.time.now().getTime() - this.#homeSince < SCREEN_HEARTBEAT_MS;
  }

  async #pageIs(what: 'seen' | 'left', agent: Agent): Promise<void> {
    if (what === 'seen' && this.#gone.has(agent.id)) return;
    const node = this.#tools.anyNode();
    if (node === null) return;
    await node.run(what, () =>
      node.ports.presence[what](`page of ${agent.id}`, [agent.id], node.now()),
    );
  }

  #closeLaptop(agent: Agent): void {
    const { time, chance, tally, tell } = this.#tools;
    tally.count('agent closes the laptop');
    tell(`${agent.id} closes the laptop`);
    this.#there.delete(agent.id);
    this.#gone.set(agent.id, time.now().getTime());
    // A browser that is closed says so; a laptop that sleeps, or a node that dies with it, does not.
    if (chance.happens(0.6)) void this.#pageIs('left', agent);
    time.after(chance.between(20_000, 300_000), () => this.#openLaptop(agent));
  }

  #openLaptop(agent: Agent): void {
    this.#gone.delete(agent.id);
    this.#there.set(agent.id, this.#tools.time.now().getTime());
    void this.#pageIs('seen', agent);
  }

  /** Left and come back within the time that a page takes to load. */
  #reload(agent: Agent): void {
    const { time, chance, tally } = this.#tools;
    tally.count('agent loads the page again');
    void this.#pageIs('left', agent);
    time.after(chance.between(500, 4_000), () => void this.#pageIs('seen', agent));
  }

  #later(ms: number, act: () => Promise<void>): void {
    this.#tools.time.after(ms, async () => {
      if (!this.#atWork) return;
      // They wait for the answer, though not for ever: the process may have died.
      void act();
      this.#later(this.#tools.chance.between(1_500, 25_000), act);
    });
  }

  async #act(agent: Agent): Promise<void> {
    const { state, chance, network, tally } = this.#tools;
    if (this.#gone.has(agent.id)) return;
    if (chance.happens(0.03)) {
      this.#closeLaptop(agent);
      return;
    }
    if (chance.happens(0.02)) this.#reload(agent);
    if (network.capabilities.reportsAvailability && chance.happens(0.05)) {
      network.setAway(agent, chance.pick(['do_not_disturb', 'offline', null, null]));
    }
    const session = state.openSessionOf(agent.id);
    const calls = [...state.calls.values()].filter((call) => call.agentId === agent.id);
    if (session === null) {
      if (chance.happens(0.6)) await this.#startSession(agent);
      return;
    }
    const throws = chance.fraction();
    const conversation = calls.find(isConversation);
    if (session.phase === 'WRAP_UP' && chance.happens(0.5)) {
      await this.#control(session, chance.pick(['hold_wrap_up', 'dial_next']));
    } else if (session.status === 'PAUSED') {
      network.setAway(agent, null);
      if (throws < 0.6) await this.#control(session, 'resume');
      else if (throws < 0.7) await this.#control(session, 'stop');
      else if (throws < 0.75) await this.#control(session, 'pause');
    } else if (throws < 0.07) await this.#control(session, 'pause');
    else if (throws < 0.12) await this.#control(session, 'stop');
    else if (throws < 0.14) await this.#control(session, 'resume');
    else if (throws < 0.2) await this.#hangUp(calls.filter(isLive));
    else if (throws < 0.22 && network.capabilities.reportsAvailability) network.dialByHand(agent);
    else if (conversation !== undefined && throws < 0.28) network.handOn(conversation.id);
    else if (conversation !== undefined && throws < 0.5) await this.#hangUp([conversation]);
    else if (session.winnerCallId !== null && throws < 0.75) {
      await this.#say(calls.filter(({ id }) => id === session.winnerCallId));
    } else if (throws < 0.8) await this.#say(calls);
    else tally.count('agent waits');
  }

  async #startSession(agent: Agent): Promise<void> {
    const { plan, chance, network, anyNode } = this.#tools;
    const node = anyNode();
    const queue = chance.whole(1, plan.queues.length);
    const settings = plan.queues[queue - 1];
    if (node === null || settings === undefined) return;
    await node.run('start a session', () =>
      startSession(node.ports, {
        agentId: agent.id,
        queueId: `queue-${queue}`,
        connectionId: network.name,
        lines: chance.whole(1, network.capabilities.maxLinesPerAgent),
        afterConnect: chance.happens(0.3) ? 'stop' : 'continue',
        settings,
      }),
    );
    this.#tools.tally.count('session started');
  }

  async #control(session: Session, wish: SessionWish): Promise<void> {
    const node = this.#tools.anyNode();
    if (node === null) return;
    this.#tools.tell(`agent wants ${session.id} to ${wish}`);
    const done = await node.run(wish, () => controlSession(node.ports, session.id, wish));
    this.#tools.tally.count(`${wish}: ${done?.kind ?? 'no answer'}`);
  }

  async #hangUp(calls: readonly Call[]): Promise<void> {
    const node = this.#tools.anyNode();
    if (node === null || calls.length === 0) return;
    const call = this.#tools.chance.pick(calls);
    this.#tools.tell(`agent hangs up ${call.id}`);
    const done = await node.run('hang up', () => requestHangUp(node.ports, call.id));
    this.#tools.tally.count(`agent hangs up: ${done ?? 'no answer'}`);
  }

  async #say(calls: readonly Call[]): Promise<void> {
    const { chance, time, tally, anyNode } = this.#tools;
    const node = anyNode();
    if (node === null || calls.length === 0) return;
    const call = chance.pick(calls);
    const disposition: Disposition = chance.pick(BY_AGENT);
    const callbackAt =
      disposition.effect === 'callback' && chance.happens(0.7)
        ? new Date(time.now().getTime() + chance.whole(-10_000, 200_000))
        : null;
    const said = { disposition, notes: chance.pick([null, 'Nice talk.']), callbackAt };
    this.#tools.tell(`agent says of ${call.id}: ${disposition.label}`);
    const settle = this.#tools.contactSaid(call);
    const done = await node.run('disposition', () => saveDisposition(node.ports, call.id, said));
    tally.count(`disposition: ${done?.kind ?? 'no answer'}`);
    settle(
      done === null
        ? 'unknown'
        : done.kind === 'saved'
          ? contactRuleOf(disposition, callbackAt)
          : 'unchanged',
    );
  }

  /** Supervisors and sales people change the queues while they are called. */
  async #meddle(): Promise<void> {
    const { chance, state, tally, tell, network, changed } = this.#tools;
    const leads = [...state.leads.values()];
    const throws = chance.fraction();
    if (throws < 0.35) {
      // Prefers a person who is about to be called: that is the hardest case.
      const waiting = state.liveCalls().filter((call) => call.state === 'QUEUED');
      const { phone } = chance.pick<{ phone: string }>(waiting.length > 0 ? waiting : leads);
      tell(`${phone} must not be called any more`);
      state.suppress({ phone, reason: 'Asked by letter', source: 'person' });
      this.#tools.suppressed(phone);
      tally.count('suppressed during the shift');
    } else if (throws < 0.6) {
      addLead(this.#tools);
      tally.count('lead added during the shift');
    } else if (throws < 0.7) {
      const items = [...state.items.values()];
      if (items.length > 0) state.removeItem(chance.pick(items).id);
      tally.count('lead taken out of a queue');
    } else if (throws < 0.8) network.sendNonsense();
    changed();
  }
}
