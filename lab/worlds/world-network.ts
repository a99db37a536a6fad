import type {
  Agent,
  AgentAtCarrier,
  Availability,
  CallFacts,
  CallMatch,
  EndCause,
  HangUpAnswer,
  InterpretedEvent,
  LookUpAnswer,
  PlaceAnswer,
  PlaceOrder,
  ProviderCallRef,
  TelephonyCapabilities,
} from '@outdial/core';
import type { VirtualTime } from '@outdial/testing/virtual-time';
import type { Chance } from './chance.js';
import type { NetworkKind, WorldFaults } from './plan.js';
import type { SeenCall } from './promises.js';
import type { Tally } from './tally.js';

const CAPABILITIES: Readonly<Record<NetworkKind, TelephonyCapabilities>> = {
  wired: {
    maxLinesPerAgent: 5,
    canHangUp: true,
    detectsMachines: true,
    returnsCallId: true,
    reportsAvailability: false,
    presenceBy: 'screen',
    reachesRealPhones: false,
  },
  app: {
    maxLinesPerAgent: 1,
    canHangUp: false,
    detectsMachines: false,
    returnsCallId: false,
    reportsAvailability: true,
    presenceBy: 'provider',
    reachesRealPhones: true,
  },
};

/** The app's network shows a call in searches only after a while. */
const SHOWN_AFTER_MS = 3_000;
/** How long an adapter waits for an answer before it gives up; the dialer counts on less than `ANSWER_WITHIN`. */
const GIVES_UP_AFTER_MS = 15_000;
const WEBHOOK_RETRIES_MS = [1_000, 3_000, 8_000, 20_000, 60_000, 120_000, 240_000];

export interface WorldEvent {
  readonly dedupeKey: string;
  readonly payload: unknown;
}

export interface WorldNetworkTools {
  readonly kind: NetworkKind;
  /** By how much its clock is ahead of everybody's, and whether its adapter has found out. */
  readonly skewMs: number;
  readonly skewIsMeasured: boolean;
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly tally: Tally;
  readonly faults: () => WorldFaults;
  readonly tell: (line: string) => void;
  /** True: answered with 200. */
  readonly deliver: (event: WorldEvent) => Promise<boolean>;
}

interface NetworkCall {
  readonly callId: string;
  readonly id: string;
  readonly to: string;
  readonly agent: AgentAtCarrier;
  readonly landedAt: number;
  readonly decidedAt: Date;
  readonly ringingAt: number | null;
  readonly answeredAt: number | null;
  /** Who answered, in truth. */
  readonly answeredBy: 'PERSON' | 'MACHINE';
  /** When the network knows who answered; later than the answer where it listens first. */
  readonly detectedAt: number;
  endsAt: number;
  endCause: EndCause;
  /** When the agent handed it on. */
  leftAt: number | null;
}

type EventKind = 'created' | 'ringing' | 'answered' | 'detected' | 'transferred' | 'ended';

/** A phone network with whims, all of them drawn; what it did stands in its own ledger. */
export class WorldNetwork {
  readonly capabilities: TelephonyCapabilities;
  readonly acknowledged: string[] = [];
  #down = false;
  readonly #tools: WorldNetworkTools;
  readonly #calls: NetworkCall[] = [];
  readonly #byCallId = new Map<string, NetworkCall>();
  readonly #away = new Map<string, 'do_not_disturb' | 'offline'>();
  #underWay = 0;
  #manual = 0;
  /** Counts whatever changes what is seen. */
  version = 0;
  /** The last moment at which something kept the dialer from ending a call. */
  lastHindranceMs = 0;

  constructor(tools: WorldNetworkTools) {
    this.#tools = tools;
    this.capabilities = CAPABILITIES[tools.kind];
  }

  get name(): string {
    return this.#tools.kind;
  }

  get down(): boolean {
    return this.#down;
  }

  set down(down: boolean) {
    this.#down = down;
    this.#hindered();
    this.#tools.tell(down ? 'the network goes down' : 'the network is back');
    if (down) this.#tools.tally.count('network down');
  }

  /** Orders and events that have not arrived yet. */
  get underWay(): number {
    return this.#underWay;
  }

  /** The ledger, as far as it is wanted. */
  seen(wanted: (callId: string) => boolean): SeenCall[] {
    const calls = this.#calls.filter(({ callId }) => wanted(callId));
    return calls.map((call) => ({
      callId: call.callId,
      to: call.to,
      agentId: call.agent.id,
      live: this.#isLive(call),
      handedOn: call.leftAt !== null,
      answeredBy: this.#toldAnswerer(call),
      decidedAt: call.decidedAt,
    }));
  }

  liveCalls(): readonly { readonly callId: string; readonly landedAt: number }[] {
    return this.#calls.filter((call) => this.#isLive(call));
  }

  /** What the adapter of a node does with an order; the request may arrive although its sender dies meanwhile. */
  async place(order: PlaceOrder, decidedAt: Date): Promise<PlaceAnswer> {
    const { chance, tally } = this.#tools;
    const faults = this.#tools.faults();
    const slow = chance.happens(faults.slow);
    const thereMs = slow ? chance.between(1_000, 9_000) : chance.between(20, 400);
    const backMs = slow ? chance.between(100, 5_000) : chance.between(20, 400);
    if (slow) tally.count('provider slow');
    if (this.#down && chance.happens(0.5)) {
      tally.count('refused: later');
      await this.#wait(thereMs);
      return { kind: 'refused', because: 'later', message: 'The network is down.' };
    }
    if (this.#down || chance.happens(faults.requestLost)) {
      tally.count('placing: request lost');
      await this.#wait(chance.between(1_000, GIVES_UP_AFTER_MS));
      return { kind: 'unknown', message: 'No answer.' };
    }
    const arriving = this.#arrive(thereMs, () => this.#take(order, decidedAt));
    if (chance.happens(faults.connectionCut)) {
      tally.count('placing: connection cut, request under way');
      await this.#wait(chance.between(0, thereMs));
      return { kind: 'unknown', message: 'The connection was cut.' };
    }
    const answer = await arriving;
    if (chance.happens(faults.answerLost)) {
      tally.count(
        answer.kind === 'accepted' ? 'placing: answer lost' : 'placing: refusal not heard',
      );
      await this.#wait(chance.between(0, GIVES_UP_AFTER_MS - thereMs));
      return { kind: 'unknown', message: 'The answer was lost.' };
    }
    await this.#wait(backMs);
    return answer;
  }

  async hangUp(ref: ProviderCallRef): Promise<HangUpAnswer> {
    const { chance, tally } = this.#tools;
    if (!this.capabilities.canHangUp) return { kind: 'unsupported' };
    await this.#wait(chance.between(20, 400));
    if (this.#down) {
      this.#hindered();
      return { kind: 'failed', message: 'The network is down.' };
    }
    const fails = chance.happens(this.#tools.faults().hangUpFails);
    if (fails) tally.count('hang-up failed');
    if (fails) this.#hindered();
    if (!fails || chance.happens(0.3)) this.#end(ref.callId);
    await this.#wait(chance.between(20, 400));
    return fails ? { kind: 'failed', message: 'It did not answer.' } : { kind: 'done' };
  }

  async lookUp(ref: ProviderCallRef, askersNow: () => Date): Promise<LookUpAnswer> {
    const { chance, tally } = this.#tools;
    await this.#wait(chance.between(20, 600));
    if (this.#down || chance.happens(this.#tools.faults().lookUpFails)) {
      tally.count('look-up unreachable');
      this.#hindered();
      return { kind: 'unreachable', message: 'It did not answer.' };
    }
    const call = this.#byCallId.get(ref.callId);
    const shown = call !== undefined && this.#isShown(call, ref);
    const answer: LookUpAnswer = shown
      ? { kind: 'found', facts: this.#factsOf(call, this.#now()) }
      : this.#tools.kind === 'app' &&
          askersNow().getTime() - ref.dialedAt.getTime() < SHOWN_AFTER_MS * 3
        ? { kind: 'unreachable', message: 'Too early to tell.' }
        : { kind: 'not_found' };
    if (answer.kind === 'not_found') tally.count('look-up: not found');
    await this.#wait(chance.between(20, 400));
    return answer;
  }

  async availability(agent: Pick<Agent, 'id'>): Promise<Availability> {
    const { chance, tally } = this.#tools;
    await this.#wait(chance.between(20, 400));
    if (this.#down || chance.happens(this.#tools.faults().lookUpFails / 4)) {
      tally.count('availability unreachable');
      return { kind: 'unreachable', message: 'It did not answer.' };
    }
    const away = this.#away.get(agent.id);
    if (away !== undefined) {
      tally.count(`agent ${away}`);
      return { kind: 'away', because: away, message: away };
    }
    return this.#linesInUse(agent) > 0
      ? { kind: 'busy', message: 'On a call.' }
      : { kind: 'ready' };
  }

  setAway(agent: Agent, away: 'do_not_disturb' | 'offline' | null): void {
    if (away === null) this.#away.delete(agent.id);
    else this.#away.set(agent.id, away);
    this.#send(`agent-${agent.id}-${this.#now()}`, {
      source: 'world',
      kind: 'agent',
      user: agent.identities[this.name]?.userId ?? '',
    });
  }

  /** The agent dials by hand, in the app, a person who is in no queue. */
  dialByHand(agent: Agent): void {
    this.#manual += 1;
    this.#tools.tally.count('manual call');
    this.#send(`manual-${this.#manual}`, {
      source: 'world',
      kind: 'created',
      call: null,
      id: `manual-${this.#manual}`,
      user: agent.identities[this.name]?.userId ?? '',
      to: '+12125559999',
      at: this.#now() + this.#tools.skewMs,
      facts: {},
    });
  }

  /** The dialer did not order it: the agent dialed. */
  isDialedByHand(id: string): boolean {
    return id.startsWith('manual-');
  }

  /** The agent hands a conversation on to a colleague, in the app. */
  handOn(callId: string): void {
    const call = this.#byCallId.get(callId);
    const now = this.#now();
    if (call === undefined || !this.#isLive(call) || call.leftAt !== null) return;
    if (call.answeredAt === null || call.answeredAt >= now) return;
    call.leftAt = now;
    this.version += 1;
    this.#tools.tally.count('conversation handed on');
    this.#tools.tell(`${callId} is handed on`);
    this.#tellAt(call, 'transferred', now);
  }

  /** By how much this network's clock is ahead, as far as its adapter has measured it. */
  measuredSkewMs(): number | null {
    return this.#tools.skewIsMeasured ? this.#tools.skewMs : null;
  }

  sendNonsense(): void {
    this.#manual += 1;
    this.#tools.tally.count('event of an unknown kind');
    this.#send(`nonsense-${this.#manual}`, { source: 'world', kind: 'billing.invoice' });
  }

  #take(order: PlaceOrder, decidedAt: Date): PlaceAnswer {
    const { chance, tally, tell } = this.#tools;
    const faults = this.#tools.faults();
    const refuse = (because: Extract<PlaceAnswer, { kind: 'refused' }>['because']): PlaceAnswer => {
      tally.count(`refused: ${because}`);
      return { kind: 'refused', because, message: `Refused: ${because}.` };
    };
    if (chance.happens(faults.configurationRefused)) return refuse('configuration');
    if (chance.happens(faults.refusedLater)) return refuse('later');
    if (chance.happens(faults.numberRefused)) return refuse('number');
    if (this.#away.has(order.agent.id)) return refuse('agent_absent');
    if (this.#linesInUse(order.agent) >= this.capabilities.maxLinesPerAgent) {
      return refuse('agent_busy');
    }
    const call = this.#draw(order, decidedAt);
    this.#calls.push(call);
    this.#byCallId.set(order.callId, call);
    this.version += 1;
    tally.count('placed');
    tell(`${order.callId} rings at ${order.to} (${call.endCause})`);
    if (!this.capabilities.returnsCallId) this.#tellAt(call, 'created', call.landedAt);
    if (call.ringingAt !== null) this.#tellAt(call, 'ringing', call.ringingAt);
    if (call.answeredAt !== null) {
      this.#tellAt(call, 'answered', call.answeredAt);
      if (call.detectedAt > call.answeredAt) this.#tellAt(call, 'detected', call.detectedAt);
    }
    this.#tellAt(call, 'ended', call.endsAt);
    return {
      kind: 'accepted',
      providerCallId: this.capabilities.returnsCallId ? call.id : null,
    };
  }

  #draw(order: PlaceOrder, decidedAt: Date): NetworkCall {
    const { chance } = this.#tools;
    const landedAt = this.#now();
    const rings = landedAt + chance.whole(300, 2_000);
    const fate = chance.fraction();
    const picksUp = rings + chance.whole(500, order.ringSeconds * 900);
    const detects = this.capabilities.detectsMachines;
    const call = {
      callId: order.callId,
      id: `n${this.#calls.length + 1}`,
      to: order.to,
      agent: order.agent,
      landedAt,
      decidedAt,
      ringingAt: chance.happens(0.9) ? rings : null,
      answeredAt: picksUp,
      answeredBy: 'PERSON' as const,
      detectedAt: picksUp,
      leftAt: null,
      endCause: 'hangup' as EndCause,
    };
    if (fate < 0.4) return { ...call, endsAt: picksUp + chance.whole(1_000, 70_000) };
    if (fate < 0.58) {
      const listens = detects && chance.happens(0.4) ? chance.whole(500, 4_000) : 0;
      return {
        ...call,
        answeredBy: 'MACHINE',
        detectedAt: picksUp + listens,
        endsAt: picksUp + listens + chance.whole(500, 20_000),
        endCause: detects ? 'voicemail' : 'hangup',
      };
    }
    const unanswered = { ...call, answeredAt: null };
    if (fate < 0.8) {
      return { ...unanswered, endsAt: rings + order.ringSeconds * 1000, endCause: 'no_answer' };
    }
    if (fate < 0.95) {
      return { ...unanswered, endsAt: landedAt + chance.whole(500, 5_000), endCause: 'busy' };
    }
    return { ...unanswered, endsAt: landedAt + chance.whole(100, 3_000), endCause: 'failed' };
  }

  /** The dialer's side ends the call. */
  #end(callId: string): void {
    const call = this.#byCallId.get(callId);
    if (call === undefined || !this.#isLive(call)) return;
    const now = this.#now();
    call.endsAt = now;
    call.endCause = call.answeredAt !== null && call.answeredAt <= now ? 'hangup' : 'canceled';
    this.version += 1;
    this.#tools.tell(`${callId} is hung up`);
    this.#tellAt(call, 'ended', now);
  }

  #tellAt(call: NetworkCall, kind: EventKind, at: number): void {
    this.#underWay += 1;
    this.#tools.time.after(at - this.#now(), () => {
      this.#underWay -= 1;
      this.version += 1;
      const isStale = kind === 'ended' ? call.endsAt !== at : at > call.endsAt;
      if (isStale) return;
      const facts = kind === 'created' ? {} : this.#factsOf(call, at);
      this.#send(`${call.id}:${kind}`, {
        source: 'world',
        kind,
        call: this.capabilities.returnsCallId ? call.callId : null,
        id: call.id,
        user: call.agent.providerUserId ?? '',
        to: call.to,
        at: call.landedAt + this.#tools.skewMs,
        facts,
      });
    });
  }

  #send(dedupeKey: string, payload: unknown): void {
    const { chance, tally } = this.#tools;
    const faults = this.#tools.faults();
    if (chance.happens(faults.eventDropped)) {
      tally.count('event dropped');
      return;
    }
    const late = chance.happens(faults.eventLate);
    if (late) tally.count('event late');
    const copies = chance.happens(faults.eventTwice) ? 2 : 1;
    if (copies === 2) tally.count('event twice');
    for (let copy = 0; copy < copies; copy += 1) {
      const ms = late || copy > 0 ? chance.between(0, 120_000) : chance.between(30, 2_500);
      this.#deliver({ dedupeKey, payload }, ms, 0);
    }
  }

  #deliver(event: WorldEvent, ms: number, failures: number): void {
    this.#underWay += 1;
    this.#tools.time.after(ms, async () => {
      const taken = await this.#tools.deliver(event);
      this.#underWay -= 1;
      if (taken) {
        this.acknowledged.push(event.dedupeKey);
        this.version += 1;
        return;
      }
      this.#tools.tally.count('webhook not taken');
      const again = WEBHOOK_RETRIES_MS[failures];
      if (again === undefined) this.#tools.tally.count('webhook given up');
      else this.#deliver(event, again, failures + 1);
    });
  }

  /** Runs where the network is, also when the caller dies. */
  #arrive<T>(ms: number, work: () => T): Promise<T> {
    this.#underWay += 1;
    return new Promise((resolve) => {
      this.#tools.time.after(ms, () => {
        this.#underWay -= 1;
        resolve(work());
      });
    });
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#tools.time.after(ms, resolve));
  }

  #linesInUse(agent: Pick<Agent, 'id'>): number {
    return this.#calls.filter(
      (call) => call.agent.id === agent.id && call.leftAt === null && this.#isLive(call),
    ).length;
  }

  #isShown(call: NetworkCall, ref: ProviderCallRef): boolean {
    if (ref.providerCallId !== null || this.#tools.kind === 'wired') return true;
    return this.#now() >= call.landedAt + SHOWN_AFTER_MS;
  }

  #isLive(call: NetworkCall): boolean {
    return this.#now() < call.endsAt;
  }

  #toldAnswerer(call: NetworkCall): 'PERSON' | 'MACHINE' | null {
    if (call.answeredAt === null || call.answeredAt > Math.min(this.#now(), call.endsAt))
      return null;
    return this.#knowsMachine(call, this.#now()) ? 'MACHINE' : 'PERSON';
  }

  #knowsMachine(call: NetworkCall, at: number): boolean {
    return (
      this.capabilities.detectsMachines &&
      call.answeredBy === 'MACHINE' &&
      call.detectedAt <= Math.min(at, call.endsAt)
    );
  }

  #factsOf(call: NetworkCall, at: number): CallFacts {
    const happened = (when: number | null): when is number =>
      when !== null && when <= at && when <= call.endsAt;
    const told = (when: number): Date => new Date(when + this.#tools.skewMs);
    const ended = call.endsAt <= at;
    return {
      providerCallId: call.id,
      ...(happened(call.ringingAt) && { ringingAt: told(call.ringingAt) }),
      ...(happened(call.answeredAt) && { answeredAt: told(call.answeredAt) }),
      ...(happened(call.answeredAt) && this.#knowsMachine(call, at) && { answeredBy: 'MACHINE' }),
      ...(happened(call.leftAt) && { agentLeftAt: told(call.leftAt) }),
      ...(ended && { endedAt: told(call.endsAt), endCause: call.endCause }),
    };
  }

  #hindered(): void {
    this.lastHindranceMs = this.#now();
  }

  #now(): number {
    return this.#tools.time.now().getTime();
  }
}

interface Payload {
  readonly source: 'world';
  readonly kind: string;
  readonly call: string | null;
  readonly id: string;
  readonly user: string;
  readonly to: string;
  readonly at: number;
  readonly facts: Readonly<Record<string, string>>;
}

/** Reads what the network sent, as it comes out of the inbox: JSON. */
export function interpretWorldEvent(stored: unknown): InterpretedEvent {
  const payload = stored as Payload;
  switch (payload.kind) {
    case 'agent':
      return { kind: 'agent', agentProviderUserId: payload.user, agentEmail: null };
    case 'created':
    case 'ringing':
    case 'answered':
    case 'detected':
    case 'transferred':
    case 'ended':
      return {
        kind: 'call',
        match: matchOf(payload),
        facts: { ...factsFrom(payload.facts), providerCallId: payload.id },
        manualIfUnmatched: payload.kind === 'created',
      };
    default:
      return { kind: 'ignored', reason: `unknown kind ${payload.kind}` };
  }
}

const matchOf = (payload: Payload): CallMatch =>
  payload.call === null
    ? {
        providerCallId: payload.id,
        placed: {
          agentProviderUserId: payload.user,
          agentEmail: null,
          to: payload.to,
          startedAt: new Date(payload.at),
        },
      }
    : { callId: payload.call, providerCallId: payload.id };

function factsFrom(facts: Payload['facts']): CallFacts {
  const { ringingAt, answeredAt, answeredBy, agentLeftAt, endedAt, endCause } = facts;
  return {
    ...(ringingAt !== undefined && { ringingAt: new Date(ringingAt) }),
    ...(answeredAt !== undefined && { answeredAt: new Date(answeredAt) }),
    ...(answeredBy === 'MACHINE' && { answeredBy }),
    ...(agentLeftAt !== undefined && { agentLeftAt: new Date(agentLeftAt) }),
    ...(endedAt !== undefined && { endedAt: new Date(endedAt), endCause: endCause as EndCause }),
  };
}
