import {
  type Clock,
  type DialingOverrides,
  type DialingSettings,
  type Ids,
  mayCall,
  type PrefixZones,
} from '@outdial/core';
import type {
  AgentStore,
  AgentView,
  CampaignHandover,
  CampaignStore,
  HandedOverNumber,
  QueueStore,
} from '@outdial/postgres';
import type { AircallTelephony, CampaignNumber } from '@outdial/telephony-aircall';
import type { CampaignPorts, CampaignUnavailable, CampaignView } from '../http/http-ports.js';

const MOST_NUMBERS = 1000;

export interface AircallCampaignPorts {
  readonly campaigns: AircallTelephony['campaigns'];
  readonly provider: string;
  readonly store: CampaignStore;
  readonly agents: Pick<AgentStore, 'get'>;
  readonly queues: Pick<QueueStore, 'get'>;
  readonly dialingFor: (queue: { settings: DialingOverrides }) => Promise<DialingSettings>;
  readonly prefixZones: PrefixZones;
  /** Hears when leads of a queue are free again, so that sessions waiting there look again. */
  readonly queueFilled: (queueId: string) => void;
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface AircallCampaigns extends CampaignPorts {
  /**
   * Takes numbers that must not be dialed any more out of the agents' campaigns (P8). Safe to run twice. Throws when
   * Aircall did not do all of it: those are looked at again the next time.
   */
  withdrawSuppressed(): Promise<void>;
}

/**
 * Aircall's own campaigns: the callable leads of a queue are handed over to one agent, and nobody else calls their numbers
 * until the campaign is taken back. The numbers are taken first, then Aircall is asked: after a crash in between, or an
 * answer that was lost, they stay WAITING, and taking the campaign back sets them free.
 *
 * Only leads that may be called now are handed over; when Aircall calls them is up to the agent, which is why the campaign
 * is taken back at the end of the day.
 */
export function createCampaigns(ports: AircallCampaignPorts): AircallCampaigns {
  const { campaigns, store, clock } = ports;

  async function leadsToHandOver(queue: { id: string; settings: DialingOverrides }) {
    const now = clock.now();
    const { callingWindow: window } = await ports.dialingFor(queue);
    const candidates = await store.candidates(queue.id, now, MOST_NUMBERS);
    return candidates.filter(({ phone, timeZone: leadTimeZone }) => {
      const { prefixZones } = ports;
      return (
        mayCall({ phone, leadTimeZone, window, enforce: true, prefixZones, now }).kind === 'clear'
      );
    });
  }

  async function findOpen(agentId: string) {
    const agent = await ports.agents.get(agentId);
    const handover = await store.findOpen(agentId);
    return agent === null || handover === null ? null : { agent, handover };
  }

  /** What Aircall has now. Who was called is noted: were the campaign deleted there, nobody could tell any more. */
  async function look(agent: AgentView, handover: CampaignHandover) {
    const progress = await campaigns.progress(agent);
    if (progress.kind === 'failed') return unavailable(progress);
    const numbers = progress.kind === 'campaign' ? progress.numbers : [];
    await store.mark(handover.id, calledOf(numbers), 'CALLED');
    return { kind: 'seen' as const, numbers };
  }

  /** Aircall's numbers, and those of ours that it has not (or not any more). */
  async function view(
    handover: CampaignHandover,
    inAircall: readonly CampaignNumber[],
  ): Promise<CampaignView> {
    const queue = await ports.queues.get(handover.queueId);
    const ours = new Map((await store.numbers(handover.id)).map((each) => [each.phone, each]));
    const shown = [
      ...inAircall,
      ...[...ours.values()].flatMap(({ phone, state }) =>
        isHandedOver(state) && !inAircall.some((number) => number.phone === phone)
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
      const leads = queue === null ? [] : await leadsToHandOver(queue);
      if (agent === null || leads.length === 0) return { kind: 'nothing_to_call' };

      const { provider } = ports;
      const opened = await store.open(
        { id: ports.ids.next(), agentId, queueId, provider, createdAt: clock.now() },
        leads.map(({ itemId }) => itemId),
      );
      if (opened.kind === 'other_queue') return { ...opened, kind: 'already_open' };
      const { handover, taken } = opened;
      const phones = leads.flatMap(({ phone }) => (taken.has(phone) ? phone : []));
      if (phones.length === 0) return { kind: 'nothing_to_call' };

      const { notHandedOver, failure, kind } = await campaigns.handOver(agent, phones);
      // An answer that was lost may have been a yes.
      if (failure !== null && failure.mayTryAgain !== 'unknown') {
        await store.refuse(handover.id, notHandedOver, failure.message, clock.now());
        if (kind === 'failed') return unavailable(failure);
      }
      // Free again, because somebody took the campaign back, or suppressed a number, while Aircall was being asked.
      const now = new Map((await store.numbers(handover.id)).map((each) => [each.phone, each]));
      const free = phones.filter((phone) => (now.get(phone)?.state ?? 'REMOVED') === 'REMOVED');
      const removal = free.length > 0 ? await campaigns.remove(agent, free) : null;
      if (removal?.kind === 'failed') return unavailable(removal);

      const progress = await campaigns.progress(agent);
      return view(handover, progress.kind === 'campaign' ? progress.numbers : []);
    },

    async end(agentId) {
      const open = await findOpen(agentId);
      if (open === null) return 'none';
      const { agent, handover } = open;
      const seen = await look(agent, handover);
      if (seen.kind === 'unavailable') return seen;
      const taken = await campaigns.takeBack(agent);
      if (taken.kind === 'failed') return unavailable(taken);
      if (taken.kind === 'taken_back') {
        await store.mark(handover.id, calledOf(taken.numbers), 'CALLED');
      }
      await store.end(handover.id, clock.now());
      ports.queueFilled(handover.queueId);
      return 'ended';
    },

    async withdrawSuppressed() {
      const failures: string[] = [];
      for (const { handoverId, agentId, phones } of await store.suppressed()) {
        const agent = await ports.agents.get(agentId);
        if (agent === null) continue;
        const removal = await campaigns.remove(agent, phones);
        if (removal.kind === 'failed') {
          failures.push(removal.message);
          continue;
        }
        await store.mark(handoverId, removal.alreadyCalled, 'CALLED');
        await store.mark(handoverId, [...removal.removed, ...removal.notInCampaign], 'REMOVED');
      }
      if (failures.length > 0) {
        throw new Error(`Suppressed numbers may still be in a campaign. ${failures.join(' ')}`);
      }
    },
  };
}

const isHandedOver = (state: HandedOverNumber['state']): boolean =>
  state === 'WAITING' || state === 'CALLED';

const unavailable = ({ message }: { readonly message: string }): CampaignUnavailable => ({
  kind: 'unavailable',
  message,
});

/** An older entry of the same number may have been called before we handed it over. */
function calledOf(numbers: readonly CampaignNumber[]): string[] {
  const waiting = new Set(numbers.flatMap(({ phone, called }) => (called ? [] : phone)));
  return numbers.flatMap(({ phone, called }) => (called && !waiting.has(phone) ? phone : []));
}
