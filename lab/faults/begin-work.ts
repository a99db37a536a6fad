import type { Client } from '@outdial/client';
import type { QueueSettings } from '@outdial/protocol';
import { daytimeZone } from '../server/daytime-zone.js';
import { AT_ONCE } from '../server/small-queue.js';
import { until } from '../server/until.js';
import { agentNumber } from './aircall-account-plan.js';
import type { Installation } from './installation.js';

export interface Work {
  readonly agents: number;
  readonly leads: number;
  readonly lines: number;
  readonly settings?: QueueSettings;
  /** Of the leads, so many come one by one; the rest as a file. */
  readonly oneByOne?: number;
  /** An agent saves a disposition after one conversation in so many; 0: never. */
  readonly dispositionOneIn?: number;
}

const AREAS = ['202', '212', '312', '415', '617', '303', '404', '503', '602', '702', '713', '804'];
/** Numbers that are set aside for fiction; the provider's own line is one of the hundred that are left out. */
export const phoneOf = (index: number): string => {
  const area = AREAS[Math.floor(index / 99)];
  if (area === undefined) throw new Error('There are no more numbers for fiction.');
  return `+1${area}55501${String((index % 99) + 1).padStart(2, '0')}`;
};

export interface Begun {
  readonly queueId: string;
  readonly agentIds: readonly string[];
  /** Agents save no more dispositions. */
  stopSaying(): Promise<void>;
}

/** Everybody comes to work: agents, leads, one queue, and a session each. Whatever fails is asked for again. */
export async function beginWork(installation: Installation, work: Work): Promise<Begun> {
  const { client } = installation;
  const agentIds = await agentsOf(client, work.agents);
  const oneByOne = Math.min(work.leads, work.oneByOne ?? 12);
  const leadIds: string[] = [];
  for (let index = 0; index < oneByOne; index += 1) {
    leadIds.push(await leadWith(client, phoneOf(index), index));
  }
  const queueId = await queueWith(client, leadIds, work.settings ?? AT_ONCE);
  if (work.leads > oneByOne) await importLeads(client, queueId, oneByOne, work.leads);
  for (const agentId of agentIds) await sessionOf(client, agentId, queueId, work.lines);
  const saying = say(client, queueId, work.dispositionOneIn ?? 3);
  return { queueId, agentIds, stopSaying: saying.stop };
}

export async function agentsOf(client: Client, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const { name, email } = agentNumber(index);
    ids.push(
      await insist(`agent ${index + 1} is there`, async () => {
        const { agents } = await client.agents.list({ limit: 200 });
        const known = agents.find((agent) => agent.email === email);
        return (known ?? (await client.agents.create({ name, email })).agent).id;
      }),
    );
  }
  return ids;
}

const leadWith = (client: Client, phone: string, index: number): Promise<string> =>
  insist(`lead ${index + 1} is there`, async () => {
    const { leads } = await client.leads.list({ q: phone, limit: 5 });
    const known = leads.find((lead) => lead.phone_number === phone);
    if (known !== undefined) return known.id;
    const { lead } = await client.leads.create({
      name: `Lead ${index + 1}`,
      phone_number: phone,
      time_zone: daytimeZone(),
    });
    return lead.id;
  });

const QUEUE_NAME = 'Everybody';

const queueWith = (
  client: Client,
  leadIds: readonly string[],
  settings: QueueSettings,
): Promise<string> =>
  insist('the queue is there', async () => {
    const { queues } = await client.queues.list({ limit: 200 });
    const known = queues.find(({ name }) => name === QUEUE_NAME);
    if (known !== undefined) return known.id;
    const body = { name: QUEUE_NAME, settings, lead_ids: [...leadIds] };
    return (await client.queues.create(body)).queue.id;
  });

async function importLeads(client: Client, queueId: string, from: number, to: number) {
  const rows = Array.from({ length: to - from }, (_, index) => {
    const lead = from + index;
    return `Lead ${lead + 1},${phoneOf(lead)},${daytimeZone()}`;
  });
  const content = new Blob([`Full name,Phone,Time zone\n${rows.join('\n')}\n`]);
  const importId = await insist('the file is taken', async () => {
    const started = await client.imports.start(
      { content, name: 'leads.csv' },
      { queue_id: queueId, default_country: 'US' },
    );
    return started.import.id;
  });
  // One whose node died is leased to it for a while.
  await until(
    'the leads are imported',
    async () => (await client.imports.get(importId)).state === 'DONE',
    { timeoutMs: 240_000, intervalMs: 250 },
  );
}

export const sessionOf = (
  client: Client,
  agentId: string,
  queueId: string,
  lines: number,
): Promise<string> =>
  insist('the session runs', async () => {
    const known = await client.sessions.list({ agent_id: agentId, limit: 1 });
    if (known.sessions[0] !== undefined) return known.sessions[0].id;
    const session = await client.sessions.create({
      agent_id: agentId,
      queue_id: queueId,
      lines,
      after_connect: 'continue',
    });
    return session.id;
  });

/** Asks again without an answer: the caller looks first, as the server may have carried the request out. */
export const insist = (what: string, ask: () => Promise<string>): Promise<string> =>
  until(what, ask, { timeoutMs: 120_000, intervalMs: 100 });

/** None of them is what the dialer says by itself, so that one that got lost is missed. */
const DISPOSITION_LABELS = ['Interested', 'Not Interested', 'Do Not Call'];

/** Agents who say now and then what came of a conversation. */
function say(client: Client, queueId: string, oneIn: number): { stop(): Promise<void> } {
  let saying = oneIn > 0;
  const heard = new Set<string>();
  const loop = async (): Promise<void> => {
    while (saying) {
      const { calls } = await client.history.list({ queue_id: queueId, limit: 50 });
      for (const { id, outcome } of calls) {
        if (!saying || outcome !== 'CONNECTED' || heard.has(id)) continue;
        heard.add(id);
        if (heard.size % oneIn !== 0) continue;
        const disposition =
          DISPOSITION_LABELS[(heard.size / oneIn) % DISPOSITION_LABELS.length] ?? 'Interested';
        await client.calls.setDisposition(id, { disposition, notes: `About ${id}.` });
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  };
  const loops = (async () => {
    // An agent whose request was lost on a bad line skips that call, and continues with the next.
    while (saying) await loop().catch(() => new Promise((resolve) => setTimeout(resolve, 250)));
  })();
  return {
    async stop() {
      saying = false;
      await loops;
    },
  };
}
