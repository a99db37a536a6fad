import { joinNotes } from '@outdial/core';
import { type Kysely, sql } from 'kysely';
import type { Database } from '../engine/database.js';

export type NoteDraftAnswer =
  /** `revision`: to be named with what is written next. `crmDueAt`: when the CRM gets it; null: with the call's end. */
  | { readonly kind: 'saved'; readonly revision: number; readonly crmDueAt: Date | null }
  /** Another device wrote meanwhile: what stands there now has another revision. */
  | { readonly kind: 'conflict' }
  | { readonly kind: 'not_found' };

/** The notes that agents are writing. */
export interface NoteDraftStore {
  /**
   * Keeps the whole text, unless another device wrote since `revision`. One statement. A call that is over is due at the CRM again
   * after `CRM_WAITS_MS`, so that a sentence is brought there once and not letter by letter.
   */
  put(
    callId: string,
    draft: { readonly text: string; readonly revision: number },
    now: Date,
  ): Promise<NoteDraftAnswer>;
  /**
   * After a disposition was saved with the note as it stood at `revision`: empties the draft. One that another device wrote in
   * between stays, with the saved notes before it. `requestId`: by which the request is known when it comes again.
   */
  settle(
    callId: string,
    saved: { readonly revision: number; readonly requestId: string | null },
    now: Date,
  ): Promise<void>;
}

/** How long a note rests before the CRM is brought it. */
const CRM_WAITS_FOR_NOTE_MS = 30_000;
/** A browser sends again at most what it sent before it lost the connection. */
const REQUESTS_KNOWN = 20;

export function createNoteDraftStore(db: Kysely<Database>): NoteDraftStore {
  return {
    async put(callId, { text, revision }, now) {
      const later = new Date(now.getTime() + CRM_WAITS_FOR_NOTE_MS);
      // A disposition that is being saved at this moment raises the CRM's revision by one from what it read: by two here, so that
      // the two never make the same number, and a worker that has either at hand sees that it is not the last word.
      const { rows } = await sql<{ note_revision: number; crm_due_at: Date | null }>`
        update calls set
          note_draft = ${text}, note_draft_at = ${now}, note_revision = note_revision + 1,
          crm_revision = case when state = 'COMPLETED' then crm_revision + 2 else crm_revision end,
          crm_attempts = case when crm_due_at is null then 0 else crm_attempts end,
          crm_state = case when state = 'COMPLETED' and crm_due_at is null then 'PENDING' else crm_state end,
          crm_due_at = case when state = 'COMPLETED' then coalesce(crm_due_at, ${later}) else crm_due_at end
        where id = ${callId} and note_revision = ${revision} and phone not like 'erased:%'
        returning note_revision, crm_due_at
      `.execute(db);
      const [row] = rows;
      if (row !== undefined) {
        return { kind: 'saved', revision: row.note_revision, crmDueAt: row.crm_due_at };
      }
      const { rows: there } = await sql`
        select from calls where id = ${callId} and phone not like 'erased:%'`.execute(db);
      return there.length === 0 ? { kind: 'not_found' } : { kind: 'conflict' };
    },

    async settle(callId, { revision, requestId }, now) {
      const { rows } = await sql<{
        note_revision: number;
        notes: string | null;
        note_draft: string | null;
      }>`
        update calls set
          note_draft = case when note_revision = ${revision} then null else note_draft end,
          note_draft_at = case when note_revision = ${revision} then null else note_draft_at end,
          note_revision = note_revision + 1,
          disposition_request_ids = case when ${requestId}::uuid is null then disposition_request_ids
            else (${requestId}::uuid || disposition_request_ids)[1:${REQUESTS_KNOWN}::integer] end
        where id = ${callId}
        returning note_revision, notes, note_draft
      `.execute(db);
      const [row] = rows;
      if (!row?.note_draft) return;
      // Another device wrote in the milliseconds between: both texts are the draft now, newer than the disposition.
      await sql`
        update calls set
          note_draft = ${joinNotes(row.notes, row.note_draft)},
          note_draft_at = greatest(${now}::timestamptz, verdict_at + interval '1 millisecond'),
          note_revision = note_revision + 1
        where id = ${callId} and note_revision = ${row.note_revision}
      `.execute(db);
    },
  };
}
