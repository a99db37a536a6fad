import type { Kysely, Selectable } from 'kysely';
import type { CampaignHandoversTable, Database } from '../database.js';

/** A queue that an agent works through in the provider's own dialer campaign. */
export interface CampaignHandover {
  readonly id: string;
  readonly agentId: string;
  readonly queueId: string;
  readonly provider: string;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
}

export type OpenHandoverAnswer =
  | { readonly kind: 'opened'; readonly handover: CampaignHandover }
  /** An agent has one at a time; this is theirs. */
  | { readonly kind: 'already_open'; readonly handover: CampaignHandover };

export interface CampaignStore {
  open(
    handover: {
      readonly id: string;
      readonly agentId: string;
      readonly queueId: string;
      readonly provider: string;
    },
    now: Date,
  ): Promise<OpenHandoverAnswer>;
  findOpen(agentId: string): Promise<CampaignHandover | null>;
  /** The ended one; null when the agent had none open. */
  end(agentId: string, now: Date): Promise<CampaignHandover | null>;
}

/** What was handed over to a provider's own campaign. */
export function createCampaignStore(db: Kysely<Database>): CampaignStore {
  const findOpen = async (agentId: string): Promise<CampaignHandover | null> => {
    const row = await db
      .selectFrom('campaign_handovers')
      .selectAll()
      .where('agent_id', '=', agentId)
      .where('ended_at', 'is', null)
      .executeTakeFirst();
    return row ? toHandover(row) : null;
  };

  return {
    async open({ id, agentId, queueId, provider }, now) {
      for (;;) {
        const row = await db
          .insertInto('campaign_handovers')
          .values({ id, agent_id: agentId, queue_id: queueId, provider, created_at: now })
          .onConflict((conflict) =>
            conflict.column('agent_id').where('ended_at', 'is', null).doNothing(),
          )
          .returningAll()
          .executeTakeFirst();
        if (row) return { kind: 'opened', handover: toHandover(row) };
        const handover = await findOpen(agentId);
        // Ended in between: the agent is free now.
        if (handover) return { kind: 'already_open', handover };
      }
    },

    findOpen,

    async end(agentId, now) {
      const row = await db
        .updateTable('campaign_handovers')
        .set({ ended_at: now })
        .where('agent_id', '=', agentId)
        .where('ended_at', 'is', null)
        .returningAll()
        .executeTakeFirst();
      return row ? toHandover(row) : null;
    },
  };
}

const toHandover = (row: Selectable<CampaignHandoversTable>): CampaignHandover => ({
  id: row.id,
  agentId: row.agent_id,
  queueId: row.queue_id,
  provider: row.provider,
  createdAt: row.created_at,
  endedAt: row.ended_at,
});
