import type { WrittenLead } from '@outdial/postgres';
import type { ImportRemark, LineFate } from '@outdial/protocol';
import type { LineNote, ReadyRow } from './map-piece.js';

/** What the store did. */
type Fated = Pick<WrittenLead, 'kind' | 'queued' | 'itemState'>;

export interface RowFate {
  readonly fate: LineFate;
  readonly notes: readonly LineNote[];
  /** A lead, and yet something of its row could not be used. */
  readonly incomplete: boolean;
}

/** What became of a row, and what is to say about it; nothing where it became a new lead as it stands. `lead`: what the store did. */
export function fatesOf(
  row: ReadyRow,
  lead: Fated | null,
  { isSuppressed }: { readonly isSuppressed: boolean },
): RowFate {
  switch (row.kind) {
    case 'refused':
      return { fate: 'refused', notes: row.notes, incomplete: false };
    case 'suppress':
      return { fate: 'suppressed', notes: row.notes, incomplete: false };
    case 'lead':
      return fateOfLead(row, lead, isSuppressed);
    default: {
      const never: never = row;
      return never;
    }
  }
}

function fateOfLead(
  row: ReadyRow & { readonly kind: 'lead' },
  lead: Fated | null,
  isSuppressed: boolean,
): RowFate {
  const notes: LineNote[] = [];
  const note = (code: ImportRemark, reason: string): void => {
    notes.push({ code, field: null, reason });
  };
  // An earlier line of this file, or, of two leads in one step, the one before.
  if (lead === null || (lead.kind === 'skipped' && row.sameAs !== null)) {
    note('duplicate_in_file', `has the same number as line ${row.sameAs}`);
    return { fate: 'skipped', notes, incomplete: false };
  }
  const fate: LineFate =
    lead.kind === 'created' ? 'created' : lead.kind === 'skipped' ? 'skipped' : 'updated';
  if (row.sameAs !== null) {
    note(
      'duplicate_in_file',
      `has the same number as line ${row.sameAs}: the lead has what this line says`,
    );
  } else if (fate === 'skipped') {
    const more = sentenceOf(lead);
    note(more.code, more.reason);
  } else if (fate === 'updated') {
    note('updated', 'is a lead already: it has what this line says');
  }
  if (isSuppressed) {
    note('on_suppression_list', 'the number is on the suppression list: it is not called');
  } else if (fate !== 'skipped' && lead.queued === 'ended') {
    note('ended_by_person', ENDED);
  } else if (
    fate !== 'skipped' &&
    lead.queued === 'already_there' &&
    (lead.itemState === 'DONE' || lead.itemState === 'EXHAUSTED')
  ) {
    note('done_in_queue', DONE);
  }
  if (fate === 'skipped') return { fate, notes, incomplete: false };
  return { fate, notes: [...notes, ...row.notes], incomplete: row.notes.length > 0 };
}

const ENDED = 'said on a call that no more calls are wanted: the lead is not called';
const DONE = 'was called to the end in this queue already: it is not called again';

/** A lead that was there already, with what that means in the queue. */
function sentenceOf({ queued, itemState }: Fated): {
  readonly code: ImportRemark;
  readonly reason: string;
} {
  if (queued === null)
    return { code: 'lead_already', reason: 'is a lead already: the lead stays as it is' };
  if (queued === 'ended')
    return { code: 'ended_by_person', reason: `is a lead already, and ${ENDED}` };
  if (queued !== 'already_there') {
    return {
      code: 'lead_put_into_queue',
      reason: 'is a lead already: the lead stays as it is, and is in the queue now',
    };
  }
  if (itemState === 'DONE' || itemState === 'EXHAUSTED')
    return { code: 'done_in_queue', reason: DONE };
  return { code: 'in_queue_already', reason: 'is a lead already, and in this queue' };
}
