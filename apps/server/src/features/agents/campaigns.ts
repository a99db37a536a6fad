import {
  agentAt,
  type Clock,
  type DialingOverrides,
  type DialingSettings,
  type Ids,
  mayDial,
  type PrefixZones,
  type ZoneOffsets,
} from '@outdial/core';
import type { CampaignNumber, CampaignsAtCarrier } from '@outdial/kit';
import type {
  AgentStore,
  AgentView,
  CampaignCandidate,
  CampaignReservation,
  CampaignStore,
  Queue,
  QueueStore,
  ReservedNumber,
} from '@outdial/postgres';
import type { CampaignPorts, CampaignUnavailable, CampaignView } from '../http-ports.js';

const MOST_NUMBERS = 1000;

/** The carriers that have campaigns of their own. */
export interface CampaignCarriers {
  /** null: the connection is not open here, or its carrier has no campaigns. */
  of(connectionId: string): CampaignsAtCarrier | null;
  /** Where a new campaign of this agent would be. Throws `connection_unavailable`. */
  choose(
    queue: Pick<Queue, 'connectionId'>,
    agent: Pick<AgentView, 'connectionId'>,
  ): {
    readonly connectionId: string;
    readonly label: string;
    readonly campaigns: CampaignsAtCarrier | null;
  };
}

export interface CarrierCampaignPorts {
  readonly carriers: CampaignCarriers;
  readonly store: CampaignStore;
  readonly agents: Pick<AgentStore, 'get'>;
  readonly queues: Pick<QueueStore, 'get'>;
  readonly dialingFor: (queue: { settings: DialingOverrides }) => Promise<DialingSettings>;
  readonly allowedCountries: () => Promise<readonly string[]>;
  readonly prefixZones: PrefixZones;
  readonly offsets?: ZoneOffsets;
  /** Hears when leads of a queue are free again, so that sessions waiting there look again. */
  readonly queueFilled: (queueId: string) => void;
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface CarrierCampaigns extends CampaignPorts {
  /**
   * Takes numbers that must not be dialed now out of the agents' campaigns (P8): held by what a person said, called meanwhile by hand or
   * from another queue so that gap or cap hold them, outside their calling hours, of a country that may not be called any more. Safe to
   * run twice. Throws when a carrier did not do all of it: those are looked at again the next time.
   */
  withdrawHeld(): Promise<void>;
}

/**
 * Campaigns of the carriers' own: the callable leads of a queue are handed over to one agent, and no other agent calls their numbers
 * until the campaign is taken back. The numbers are taken first, then the carrier is asked: after a crash in between, or an
 * answer that was lost, they stay WAITING, and taking the campaign back sets them free.
 *
 * Only leads that may be called now are handed over; when they are called is up to the agent, which is why the campaign
 * is taken back at the end of the day.
 */
export function createCampaigns(ports: CarrierCampaignPorts): CarrierCampaigns {
  const { carriers, store, clock } = ports;

  /** Real phones ring, so that neither the window nor gap and cap are a matter of taste. */
  async function judgeFor(queue: { settings: DialingOverrides }, now: Date) {
    const { callingWindow: window, contactLimits: limits } = await ports.dialingFor(queue);
    const allowedCountries = await ports.allowedCountries();
    const { prefixZones, offsets } = ports;
    return (item: Omit<CampaignCandidate, 'itemId'>): boolean =>
      mayDial({
        phone: item.phone,
        leadTimeZone: item.timeZone,
        item,
        calls: item.calls,
        window,
        enforceWindow: true,
        limits,
        enforceLimits: true,
        allowedCountries,
        prefixZones,
        now,
        ...(offsets !== undefined && { offsets }),
      }).kind === 'clear';
  }

  async function leadsToHandOver(queue: { id: string; settings: DialingOverrides }) {
    const now = clock.now();
    const mayBeDialed = await judgeFor(queue, now);
    return (await store.candidates(queue.id, now, MOST_NUMBERS)).filter(mayBeDialed);
  }

  async function findOpen(agentId: string) {
    const agent = await ports.agents.get(agentId);
    const handover = await store.findOpen(agentId);
    return agent === null || handover === null ? null : { agent, handover };
  }

  /** Its connection was removed, or is not open here: what it called cannot be learned. */
  const atCarrier = (handover: CampaignReservation): CampaignsAtCarrier | CampaignUnavailable =>
    carriers.of(handover.provider) ?? {
      kind: 'unavailable',
      message: `The connection ${handover.provider}, at which the campaign is, is not open on this server.`,
    };

  /** What the carrier has now. Who was called is noted: were the campaign deleted there, it could not be learned any more. */
  async function look(agent: AgentView, handover: CampaignReservation) {
    const campaigns = atCarrier(handover);
    if ('kind' in campaigns) return campaigns;
    const progress = await campaigns.progress(agentAt(agent, handover.provider));
    if (progress.kind === 'failed') return unavailable(progress);
    const numbers = progress.kind === 'campaign' ? progress.numbers : [];
    await store.markCalled(handover.id, calledOf(numbers), clock.now());
    return { kind: 'seen' as const, numbers };
  }

  /** The carrier's numbers, and those of ours that it has not (or not any more). */
  async function view(
    handover: CampaignReservation,
    atProvider: readonly CampaignNumber[],
  ): Promise<CampaignView> {
    const queue = await ports.queues.get(handover.queueId);
    const ours = new Map((await store.numbers(handover.id)).map((each) => [each.phone, each]));
    const shown = [
      ...atProvider,
      ...[...ours.values()].flatMap(({ phone, state }) =>
        isHandedOver(state) && !atProvider.some((number) => number.phone === phone)
          ? [{ phone, called: state === 'CALLED' }]
          : [],
      ),
    ];
    return {
      kind: 'campaign',
      agentId: handover.agentId,
      queueId: handover.queueId,
      queueName: queue?.name ?? '',
      createdAt: handover.createdAt,
      numbers: shown.map(({ phone, called }) => ({
        phone,
        called,
        leadId: ours.get(phone)?.leadId ?? null,
        leadName: ours.get(phone)?.leadName ?? null,
      })),
      refused: [...ours.values()].flatMap(({ phone, state, reason }) =>
        state === 'REFUSED' ? [{ phone, reason: reason ?? '' }] : [],
      ),
    };
  }

  return {
    async find(agentId) {
      const open = await findOpen(agentId);
      if (open === null) return null;
      const seen = await look(open.agent, open.handover);
      return seen.kind === 'seen' ? view(open.handover, seen.numbers) : seen;
    },

    async start(agentId, queueId) {
      const agent = await ports.agents.get(agentId);
      const queue = await ports.queues.get(queueId);
      if (agent === null || queue === null) return { kind: 'nothing_to_call' };
      const { connectionId: provider, label, campaigns } = carriers.choose(queue, agent);
      if (campaigns === null) return { kind: 'has_no_campaigns', label };
      const leads = await leadsToHandOver(queue);
      if (leads.length === 0) return { kind: 'nothing_to_call' };
      const there = agentAt(agent, provider);

      const opened = await store.open(
        { id: ports.ids.next(), agentId, queueId, provider, createdAt: clock.now() },
        leads.map(({ itemId, calls }) => ({ itemId, lastEndedAt: lastEndOf(calls) })),
      );
      if (opened.kind === 'other_queue') return { ...opened, kind: 'already_open' };
      const { handover, taken } = opened;
      const phones = leads.flatMap(({ phone }) => (taken.has(phone) ? phone : []));
      if (phones.length === 0) return { kind: 'nothing_to_call' };

      const { notHandedOver, failure, kind } = await campaigns.handOver(there, phones);
      // An answer that was lost may have been a yes.
      if (failure !== null && failure.mayTryAgain !== 'unknown') {
        await store.refuse(handover.id, notHandedOver, failure.message, clock.now());
        if (kind === 'failed') return unavailable(failure);
      }
      // Free again, because the campaign was taken back, or a number suppressed, while the carrier was being asked.
      const now = new Map((await store.numbers(handover.id)).map((each) => [each.phone, each]));
      const free = phones.filter((phone) => (now.get(phone)?.state ?? 'REMOVED') === 'REMOVED');
      const removal = free.length > 0 ? await campaigns.remove(there, free) : null;
      if (removal?.kind === 'failed') return unavailable(removal);

      const progress = await campaigns.progress(there);
      return view(handover, progress.kind === 'campaign' ? progress.numbers : []);
    },

    async end(agentId) {
      const open = await findOpen(agentId);
      if (open === null) return 'none';
      const { agent, handover } = open;
      const seen = await look(agent, handover);
      if (seen.kind === 'unavailable') return seen;
      const campaigns = atCarrier(handover);
      if ('kind' in campaigns) return campaigns;
      const taken = await campaigns.takeBack(agentAt(agent, handover.provider));
      if (taken.kind === 'failed') return unavailable(taken);
      if (taken.kind === 'taken_back') {
        await store.markCalled(handover.id, calledOf(taken.numbers), clock.now());
      }
      await store.end(handover.id, clock.now());
      ports.queueFilled(handover.queueId);
      return 'ended';
    },

    async withdrawHeld() {
      const failures: string[] = [];
      const now = clock.now();
      for (const { handoverId, agentId, queueId, provider, numbers } of await store.waiting(now)) {
        const agent = await ports.agents.get(agentId);
        if (agent === null) continue;
        const queue = await ports.queues.get(queueId);
        const mayBeDialed = await judgeFor(queue ?? { settings: {} }, now);
        const phones = numbers.flatMap((number) =>
          number.held || !mayBeDialed(number) ? number.phone : [],
        );
        if (phones.length === 0) continue;
        const campaigns = carriers.of(provider);
        if (campaigns === null) {
          failures.push(`The connection ${provider} is not open on this server.`);
          continue;
        }
        const removal = await campaigns.remove(agentAt(agent, provider), phones);
        if (removal.kind === 'failed') {
          failures.push(removal.message);
          continue;
        }
        await store.markCalled(handoverId, removal.alreadyCalled, clock.now());
        await store.markRemoved(handoverId, [...removal.removed, ...removal.notInCampaign]);
        ports.queueFilled(queueId);
      }
      if (failures.length > 0) {
        throw new Error(
          `Numbers that must not be called may still be in a campaign. ${failures.join(' ')}`,
        );
      }
    },
  };
}

const isHandedOver = (state: ReservedNumber['state']): boolean =>
  state === 'WAITING' || state === 'CALLED';

/** Candidates come with no open call; one whose end was never reported counts from its start (`mayCallAgain`). */
function lastEndOf(calls: CampaignCandidate['calls']): Date | null {
  return calls.reduce<Date | null>((latest, { dialedAt, endedAt }) => {
    const end = endedAt ?? dialedAt;
    return latest === null || end > latest ? end : latest;
  }, null);
}

const unavailable = ({ message }: { readonly message: string }): CampaignUnavailable => ({
  kind: 'unavailable',
  message,
});

/** An older entry of the same number may have been called before we handed it over. */
function calledOf(numbers: readonly CampaignNumber[]): string[] {
  const waiting = new Set(numbers.flatMap(({ phone, called }) => (called ? [] : phone)));
  return numbers.flatMap(({ phone, called }) => (called && !waiting.has(phone) ? phone : []));
}
