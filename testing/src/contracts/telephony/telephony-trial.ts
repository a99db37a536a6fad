import type {
  AgentAtCarrier,
  CallFacts,
  InterpretedEvent,
  PlaceAnswer,
  PlaceOrder,
  ProviderCallRef,
} from '@outdial/core';
import type { Fate, TelephonyHarness } from './telephony-harness.js';

/** One call as the dialer would follow it: the order, the answer, and what the events say later. */
export interface TrialCall {
  readonly order: PlaceOrder;
  readonly dialedAt: Date;
  readonly answer: PlaceAnswer;
}

export type CallEvent = Extract<InterpretedEvent, { kind: 'call' }>;

/** "Soon" in the harness's words, and a little for events under way. */
export const SOON_MS = 150_000;
const STEP_MS = 1_000;
/** Providers that count in whole seconds may put an event a moment before we asked for the call. */
export const ROUNDING_MS = 2_000;

/** What the suite does with a harness, over and over. */
export class Trial {
  #calls = 0;

  constructor(readonly harness: TelephonyHarness) {}

  /** Arranges the far end and asks for the call. */
  async place(fate: Fate, agent: AgentAtCarrier = this.harness.agents[0]): Promise<TrialCall> {
    const to = await this.harness.arrange(fate);
    this.#calls += 1;
    const order: PlaceOrder = {
      callId: `01950000-0000-7000-8000-${String(this.#calls).padStart(12, '0')}`,
      to,
      agent,
      ringSeconds: 25,
      attempt: 1,
    };
    const dialedAt = await this.harness.now();
    return { order, dialedAt, answer: await this.harness.telephony.place(order) };
  }

  /** All that helps to find the call again, as the dialer would keep it. */
  async refOf(call: TrialCall): Promise<ProviderCallRef> {
    const { callId, to, agent, ringSeconds, attempt } = call.order;
    const told = merge((await this.eventsOf(call)).map(({ facts }) => facts));
    const placed = call.answer.kind === 'accepted' ? call.answer.providerCallId : null;
    return {
      callId,
      providerCallId: placed ?? told.providerCallId ?? null,
      to,
      agent,
      dialedAt: call.dialedAt,
      ringSeconds,
      attempt,
    };
  }

  /** The call's events, in order of arrival, bound the way the dialer binds them. */
  async eventsOf(call: TrialCall): Promise<readonly CallEvent[]> {
    const all = (await this.payloads())
      .map((payload) => this.harness.telephony.interpret(payload))
      .filter((event): event is CallEvent => event.kind === 'call');
    const known = new Set<string>();
    if (call.answer.kind === 'accepted' && call.answer.providerCallId !== null) {
      known.add(call.answer.providerCallId);
    }
    const isOurs = ({ match }: CallEvent): boolean =>
      match.callId === call.order.callId ||
      (match.providerCallId !== undefined && known.has(match.providerCallId)) ||
      (match.placed !== undefined && isPlacedAs(match.placed, call));
    for (const event of all.filter(isOurs)) {
      const id = event.facts.providerCallId ?? event.match.providerCallId;
      if (id !== undefined) known.add(id);
    }
    return all.filter(isOurs);
  }

  /** What the events have told of the call so far. */
  async factsOf(call: TrialCall): Promise<CallFacts> {
    return merge((await this.eventsOf(call)).map(({ facts }) => facts));
  }

  /** Lets time pass until the events say so much; fails when they never do. */
  async until(
    call: TrialCall,
    what: string,
    reached: (facts: CallFacts) => boolean,
  ): Promise<CallFacts> {
    for (let passed = 0; passed <= SOON_MS; passed += STEP_MS) {
      const facts = await this.factsOf(call);
      if (reached(facts)) return facts;
      await this.harness.advance(STEP_MS);
    }
    const facts = JSON.stringify(await this.factsOf(call));
    throw new Error(`After ${SOON_MS / 1000} s the events still do not say "${what}": ${facts}`);
  }

  untilOver(call: TrialCall): Promise<CallFacts> {
    return this.until(call, 'ended', ({ endedAt }) => endedAt !== undefined);
  }

  /** Events as they come back from the inbox, frozen, so that no adapter changes them. */
  async payloads(): Promise<readonly unknown[]> {
    return (await this.harness.events()).map(({ payload }) => freeze(asStored(payload)));
  }
}

/** The rule of `CallFacts`: what is known stays. */
export function merge(facts: readonly CallFacts[]): CallFacts {
  let known: CallFacts = {};
  for (const news of facts) known = { ...news, ...known };
  return known;
}

export const asStored = (payload: unknown): unknown => JSON.parse(JSON.stringify(payload));

function isPlacedAs(
  placed: NonNullable<CallEvent['match']['placed']>,
  { order, dialedAt }: TrialCall,
): boolean {
  const isAgent =
    placed.agentProviderUserId === order.agent.providerUserId ||
    placed.agentEmail === order.agent.email;
  const isAfter = placed.startedAt.getTime() >= dialedAt.getTime() - ROUNDING_MS;
  return isAgent && isAfter && placed.to === order.to;
}

function freeze(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) freeze(inner);
    Object.freeze(value);
  }
  return value;
}
