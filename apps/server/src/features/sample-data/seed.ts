import type { Clock, Ids } from '@outdial/core';
import type { AgentStore, LeadStore, QueueStore } from '@outdial/postgres';
import { SAMPLE_AGENTS, SAMPLE_LEADS, SAMPLE_QUEUE } from './people.js';

/**
 * What a newcomer finds: three agents, and where no real phone is connected some leads in a queue. Only ever into an empty database, so
 * that nothing a person removed comes back.
 */
export async function seedSampleData(
  stores: { agents: AgentStore; leads: LeadStore; queues: QueueStore },
  { clock, ids, withLeads }: { clock: Clock; ids: Ids; withLeads: boolean },
): Promise<{ agents: number; leads: number }> {
  const now = clock.now();
  if ((await stores.agents.list({ limit: 1 })).total > 0) return { agents: 0, leads: 0 };
  for (const agent of SAMPLE_AGENTS) {
    const id = ids.next();
    await stores.agents.create({ id, ...agent }, now);
    await stores.agents.setPresence(id, 'AVAILABLE', now);
  }
  if (!withLeads) return { agents: SAMPLE_AGENTS.length, leads: 0 };

  const queue = await stores.queues.create({ id: ids.next(), name: SAMPLE_QUEUE }, now);
  await stores.leads.upsertBatch(
    SAMPLE_LEADS.map(([name, jobTitle, company, industry, headcount, phone]) => ({
      name,
      jobTitle,
      company,
      industry,
      headcount,
      phone,
      email: emailOf(name, company),
    })),
    {
      duplicates: 'skip',
      queueId: queue.kind === 'created' ? queue.queue.id : queue.queueId,
      now,
      ids,
    },
  );
  return { agents: SAMPLE_AGENTS.length, leads: SAMPLE_LEADS.length };
}

/** "Maya Okafor" at "Northwind Analytics": maya.okafor@northwind-analytics.example */
const emailOf = (name: string, company: string): string =>
  `${slug(name, '.')}@${slug(company, '-')}.example`;

const slug = (text: string, between: string): string =>
  text
    .normalize('NFD')
    .toLowerCase()
    .replaceAll(/[^a-z ]/g, '')
    .trim()
    .replaceAll(/ +/g, between);
