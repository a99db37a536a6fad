import type { Client } from '@outdial/client';
import type { QueueSettings } from '@outdial/protocol';
import { agentsOf, sessionOf } from '../faults/begin-work.js';
import type { Installation } from '../faults/installation.js';
import { until } from '../server/until.js';

export interface Shift {
  /** Who was reached or given up is to be called again, so that no agent runs out of work. */
  refill(): Promise<void>;
  /** Stops every session, and waits until the last conversation is over. */
  end(): Promise<void>;
}

/** A lead that is not reached is called again soon, and for ever. */
const AGAIN_AND_AGAIN: QueueSettings = {
  delay_seconds: 0,
  wrap_up_seconds: 0,
  pause_when_away_seconds: 0,
  patience_seconds: 3_600,
  ring_seconds: 25,
  retry_rules: {
    NO_ANSWER: { delay_seconds: 5, tries: 50 },
    BUSY: { delay_seconds: 5, tries: 50 },
    VOICEMAIL: { delay_seconds: 5, tries: 50 },
    FAILED: { delay_seconds: 5, tries: 50 },
    CANCELED_BY_DIALER: { delay_seconds: 1, tries: 50 },
  },
};

/** British cities whose numbers from 496 0000 on are set aside for fiction, a thousand each; the simulator calls no real phone anyway. */
const CITIES = ['113', '114', '115', '116', '117', '118', '121', '131', '141', '151', '161'];
const numberOf = (index: number): string => {
  const city = CITIES[Math.floor(index / 1000)];
  if (city === undefined) throw new Error('There are no more numbers for fiction.');
  return `+44${city}496${String(index % 1000).padStart(4, '0')}`;
};

export async function beginShift(
  { client }: Installation,
  { agents, leads, lines }: { agents: number; leads: number; lines: number },
): Promise<Shift> {
  const { queue } = await client.queues.create({ name: 'Soak', settings: AGAIN_AND_AGAIN });
  await importLeads(client, queue.id, leads);
  const agentIds = await agentsOf(client, agents);
  // They begin one by one, as people do, while the first of them are on the phone already.
  for (const agentId of agentIds) await sessionOf(client, agentId, queue.id, lines);
  async function refill(): Promise<void> {
    const { items } = await client.queueItems.list({
      queue_id: queue.id,
      state: 'DONE',
      limit: 200,
    });
    if (items.length === 0) return;
    const leadIds = items.map(({ lead }) => lead.id);
    await client.queueItems.add({ queue_id: queue.id, lead_ids: leadIds, requeue: true });
  }

  return {
    async refill() {
      // One that fails is made up for by the next.
      await refill().catch(() => undefined);
    },
    async end() {
      await until(
        'every session is stopped',
        async () => {
          const { sessions, total } = await client.sessions.list({ status: 'RUNNING', limit: 200 });
          for (const { id } of sessions) await client.sessions.stop(id);
          return total === 0;
        },
        { timeoutMs: 120_000 },
      );
    },
  };
}

async function importLeads(client: Client, queueId: string, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, index) => `Lead ${index},${numberOf(index)}`);
  const { import: started } = await client.imports.start(
    { content: new Blob([`Full name,Phone\n${rows.join('\n')}\n`]), name: 'leads.csv' },
    { queue_id: queueId, default_country: 'GB' },
  );
  await until(
    'the leads are imported',
    async () => (await client.imports.get(started.id)).state === 'DONE',
    { timeoutMs: 120_000 },
  );
}
