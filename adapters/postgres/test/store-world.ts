import type { StoreWorld } from '@outdial/testing/contracts/store-world';
import { type Kysely, sql } from 'kysely';
import { itemFromRow, leadFromRow } from '../src/dialing/map-rows.js';
import type { Database } from '../src/engine/database.js';
import {
  createCrmSyncStore,
  createDialerStore,
  createLeadStore,
  createPresenceStore,
  createProviderInbox,
  createReconciliationStore,
} from '../src/index.js';

/** The stores on PostgreSQL as the contract suites want them. */
export function storeWorldOn(db: Kysely<Database>): StoreWorld {
  return {
    store: createDialerStore(db),
    otherNode: createDialerStore(db),
    inbox: createProviderInbox(db),
    reconciliation: createReconciliationStore(db),
    presence: createPresenceStore(db),
    crm: createCrmSyncStore(db),

    async add({
      agents = [],
      leads = [],
      queues = [],
      items = [],
      suppressions = [],
      furtherPhones = {},
    }) {
      if (agents.length > 0) {
        const rows = agents.map((agent) => ({
          id: agent.id,
          name: agent.name,
          email: agent.email,
          presence: agent.presence,
          presence_since: agent.presenceSince,
          identities: JSON.stringify(agent.identities),
          created_at: agent.presenceSince,
        }));
        await db.insertInto('agents').values(rows).execute();
      }
      if (leads.length > 0) {
        const rows = leads.map((lead) => ({
          id: lead.id,
          name: lead.name,
          phone: lead.phone,
          time_zone: lead.timeZone,
          score: lead.score,
          created_at: lead.createdAt,
          updated_at: lead.updatedAt,
        }));
        await db.insertInto('leads').values(rows).execute();
      }
      if (queues.length > 0) {
        const rows = queues.map((queue) => ({ ...queue, created_at: new Date(0) }));
        await db.insertInto('queues').values(rows).execute();
      }
      const phoneAndScore = await db
        .selectFrom('leads')
        .select(['id', 'phone', 'score'])
        .where('id', 'in', [...items.map(({ leadId }) => leadId), UNKNOWN_ID])
        .execute();
      const leadsById = new Map(phoneAndScore.map((lead) => [lead.id, lead]));
      const rows = items.map((item) => {
        const lead = leadsById.get(item.leadId);
        if (lead === undefined) throw new Error(`There is no lead ${item.leadId}.`);
        return {
          id: item.id,
          queue_id: item.queueId,
          lead_id: item.leadId,
          phone: lead.phone,
          score: lead.score,
          state: item.state,
          priority: item.priority,
          due_at: item.dueAt,
          callback: item.callback,
          attempts: item.attempts,
          attempts_by_outcome: JSON.stringify(item.attemptsByOutcome),
          last_outcome: item.lastOutcome,
          held_reason: item.heldReason,
          claimed_by_session_id: item.claimedBySessionId,
          created_at: item.createdAt,
          position: item.position ?? 0,
        };
      });
      if (rows.length > 0) await db.insertInto('queue_items').values(rows).execute();
      for (const [leadId, phones] of Object.entries(furtherPhones)) {
        const further = phones.map((phone) => ({ phone, label: null }));
        await createLeadStore(db).patch(leadId, { furtherPhones: further }, new Date(0));
      }
      if (suppressions.length > 0) {
        const suppressed = suppressions.map((row) => ({ ...row, created_at: new Date(0) }));
        await db.insertInto('suppressions').values(suppressed).execute();
      }
    },

    async removeItem(itemId) {
      // What a scene shows changes only together with the session's version: see `SceneMemory`.
      await sql`
        with removed as (delete from queue_items where id = ${itemId} returning claimed_by_session_id)
        update sessions set version = version + 1 from removed where sessions.id = removed.claimed_by_session_id`.execute(
        db,
      );
    },

    async setPhone(leadId, phone) {
      await createLeadStore(db).patch(leadId, { phone }, new Date(0));
    },

    async removeLead(leadId) {
      await db.deleteFrom('queue_items').where('lead_id', '=', leadId).execute();
      await db.deleteFrom('leads').where('id', '=', leadId).execute();
    },

    async setPriority(itemId, priority) {
      await db.updateTable('queue_items').set({ priority }).where('id', '=', itemId).execute();
    },

    async item(itemId) {
      const found = db.selectFrom('queue_items').selectAll().where('id', '=', itemId);
      const row = await found.executeTakeFirst();
      return row === undefined ? null : itemFromRow(row);
    },

    async lead(leadId) {
      const found = db.selectFrom('leads').selectAll().where('id', '=', leadId);
      const row = await found.executeTakeFirst();
      return row === undefined ? null : leadFromRow(row);
    },

    async suppression(phone) {
      const found = db
        .selectFrom('suppressions')
        .select(['phone', 'reason', 'source'])
        .where('phone', '=', phone);
      return (await found.executeTakeFirst()) ?? null;
    },

    close: async () => undefined,
  };
}

/** No lead has it; keeps `in ()` from being empty. */
const UNKNOWN_ID = '00000000-0000-0000-0000-000000000000';
