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
  CampaignStore,
  HeldItemStore,
  QueueStore,
} from '@outdial/postgres';
import type { AircallTelephony, CampaignNumber } from '@outdial/telephony-aircall';
import type { CampaignPorts, CampaignUnavailable, CampaignView } from '../http/http-ports.js';

/** Shown on the queue's page, and how we know our own held items again. */
export const HANDED_OVER = "handed over to the agent's Aircall campaign";
/** Until taken back; a hand-over that everybody forgot does not keep leads for ever. */
const HOLD_FOR = 30 * 24 * 3600_000;
const MOST_NUMBERS = 1000;

export interface AircallCampaignPorts {
  readonly campaigns: AircallTelephony['campaigns'];
  readonly provider: string;
  readonly store: CampaignStore;
  readonly held: HeldItemStore;
  readonly agents: Pick<AgentStore, 'get' | 'list'>;
  readonly queues: Pick<QueueStore, 'get'>;
  readonly dialingFor: (queue: { settings: DialingOverrides }) => Promise<DialingSettings>;
  readonly prefixZones: PrefixZones;
  readonly clock: Clock;
  readonly ids: Ids;
}

/**
 * Aircall's own campaigns: the callable leads of a queue are handed over to one agent, and held meanwhile, so that no
 * session calls them too. Only leads that may be called now are handed over; when Aircall calls them is up to the agent,
 * which is why the hand-over is taken back at the end of the day.
 */
export function createCampaigns(ports: AircallCampaignPorts): CampaignPorts {
  const { campaigns, store, held, clock } = ports;
  const inTurn = turns();

  async function leadsToHandOver(queue: { id: string; settings: DialingOverrides }) {
    const now = clock.now();
    const { callingWindow } = await ports.dialingFor(queue);
    const callable = await held.callable(queue.id, now, MOST_NUMBERS);
    return callable.filter(
      ({ phone, timeZone }) =>
        mayCall({
          phone,
          leadTimeZone: timeZone,
          window: callingWindow,
          enforce: true,
          prefixZones: ports.prefixZones,
          now,
        }).kind === 'clear',
    );
  }

  /** Numbers of this queue that other agents have in their campaigns; the held items do not tell whose they are. */
  async function numbersOfOthers(
    agentId: string,
    queueId: string,
  ): Promise<Set<string> | CampaignUnavailable> {
    const phones = new Set<string>();
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await ports.agents.list({ limit: 100, cursor });
      for (const other of page.rows) {
        if (other.id === agentId) continue;
        if ((await store.findOpen(other.id))?.queueId !== queueId) continue;
        const progress = await campaigns.progress(other);
        if (progress.kind === 'failed') return { kind: 'unavailable', message: progress.message };
        if (progress.kind === 'campaign')
          for (const { phone } of progress.numbers) phones.add(phone);
      }
      cursor = page.nextCursor;
    }
    return phones;
  }

  async function view(
    agent: AgentView,
    handover: { queueId: string; createdAt: Date },
    numbers: readonly CampaignNumber[],
    refused: CampaignView['refused'],
  ): Promise<CampaignView> {
    const queue = await ports.queues.get(handover.queueId);
    const leads = await held.heldFor(handover.queueId, HANDED_OVER);
    const byPhone = new Map(leads.map((lead) => [lead.phone, lead]));
    return {
      kind: 'campaign',
      agentId: agent.id,
      queueId: handover.queueId,
      queueName: queue?.name ?? '',
      createdAt: handover.createdAt,
      numbers: numbers.map(({ phone, called }) => ({
        phone,
        called,
        leadId: byPhone.get(phone)?.leadId ?? null,
        leadName: byPhone.get(phone)?.leadName ?? null,
      })),
      refused,
    };
  }

  return {
    async find(agentId) {
      const agent = await ports.agents.get(agentId);
      const handover = await store.findOpen(agentId);
      if (agent === null || handover === null) return null;
      const progress = await campaigns.progress(agent);
      if (progress.kind === 'failed') return { kind: 'unavailable', message: progress.message };
      return view(agent, handover, progress.kind === 'none' ? [] : progress.numbers, []);
    },

    start: inTurn(async (agentId: string, queueId: string) => {
      const agent = await ports.agents.get(agentId);
      const queue = await ports.queues.get(queueId);
      if (agent === null || queue === null) return { kind: 'nothing_to_call' };
      const leads = await leadsToHandOver(queue);
      if (leads.length === 0) return { kind: 'nothing_to_call' };

      const now = clock.now();
      const opened = await store.open(
        { id: ports.ids.next(), agentId, queueId, provider: ports.provider },
        now,
      );
      if (opened.kind === 'already_open' && opened.handover.queueId !== queueId) {
        return { kind: 'already_open', queueId: opened.handover.queueId };
      }
      // Held first: from here on no session takes them, so Aircall and we never call the same lead.
      const until = new Date(now.getTime() + HOLD_FOR);
      const ids = new Set(
        await held.hold(
          leads.map(({ id }) => id),
          until,
          HANDED_OVER,
        ),
      );
      const ours = leads.filter(({ id }) => ids.has(id));
      if (ours.length === 0) {
        if (opened.kind === 'opened') await store.end(agentId, now);
        return { kind: 'nothing_to_call' };
      }
      const answer = await campaigns.handOver(
        agent,
        ours.map(({ phone }) => phone),
      );

      const refused = new Set(answer.notHandedOver);
      // An answer that was lost may have been a yes: those stay held until the campaign is taken back.
      const unsure = answer.failure?.mayTryAgain === 'unknown';
      if (refused.size > 0 && !unsure) {
        await held.hold(
          ours.filter(({ phone }) => refused.has(phone)).map(({ id }) => id),
          now,
          'Aircall did not take it into the campaign',
        );
      }
      if (answer.kind === 'failed' && !unsure) {
        if (opened.kind === 'opened') await store.end(agentId, now);
        return {
          kind: 'unavailable',
          message: answer.failure?.message ?? 'Aircall did not take it.',
        };
      }
      const progress = await campaigns.progress(agent);
      const numbers = progress.kind === 'campaign' ? progress.numbers : [];
      const reason = answer.failure?.message ?? 'Aircall did not take it.';
      return view(
        agent,
        opened.handover,
        numbers,
        answer.notHandedOver.map((phone) => ({ phone, reason })),
      );
    }),

    end: inTurn(async (agentId: string) => {
      const agent = await ports.agents.get(agentId);
      const handover = await store.findOpen(agentId);
      if (agent === null || handover === null) return 'none';
      const others = await numbersOfOthers(agentId, handover.queueId);
      if (!(others instanceof Set)) return others;
      const heldNow = await held.heldFor(handover.queueId, HANDED_OVER);
      const ours = heldNow.filter(({ phone }) => !others.has(phone));
      const finishCalled = async (numbers: readonly CampaignNumber[]): Promise<Set<string>> => {
        const called = new Set(numbers.flatMap((number) => (number.called ? number.phone : [])));
        await held.finish(ours.flatMap(({ id, phone }) => (called.has(phone) ? id : [])));
        return called;
      };
      // Noted before the campaign is deleted: were that answer lost, nobody could tell any more who was called.
      const progress = await campaigns.progress(agent);
      if (progress.kind === 'failed') return { kind: 'unavailable', message: progress.message };
      if (progress.kind === 'campaign') await finishCalled(progress.numbers);
      const taken = await campaigns.takeBack(agent);
      if (taken.kind === 'failed') return { kind: 'unavailable', message: taken.message };
      const called = await finishCalled(taken.kind === 'none' ? [] : taken.numbers);
      // Those that are DONE by now are left as they are.
      await held.hold(
        ours.flatMap(({ id, phone }) => (called.has(phone) ? [] : id)),
        clock.now(),
        'taken back from an Aircall campaign',
      );
      await store.end(agentId, clock.now());
      return 'ended';
    }),
  };
}

/** One after the other: two agents who start at once must not be given the same leads. */
function turns() {
  let last: Promise<unknown> = Promise.resolve();
  return <A extends readonly unknown[], T>(work: (...given: A) => Promise<T>) =>
    (...given: A): Promise<T> => {
      const mine = last.then(() => work(...given));
      last = mine.catch(() => undefined);
      return mine;
    };
}
