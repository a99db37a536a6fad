import type { CancelReason } from './call.js';
import { meaningOf, type Outcome } from './outcome.js';

/** Why the dialer cancelled, where it was not because another line connected. */
const CANCELED: Readonly<Partial<Record<CancelReason, string>>> = {
  session_stopped: 'Call was canceled because the session was stopped.',
  agent_hung_up: 'Call was canceled by the agent.',
  agent_absent: 'Call was canceled because the agent was away.',
};

/** Why a person who answered did not reach the agent, where another line was not the reason. */
const ABANDONED: Readonly<Partial<Record<CancelReason, string>>> = {
  agent_absent: 'A person answered while the agent was away.',
  session_stopped: 'A person answered after the session was stopped.',
  agent_hung_up: 'A person answered while the agent was canceling the call.',
};

/** What the CRM and the history say of a call where the agent wrote nothing: the outcome's sentence, where it is true. */
export function noteOf(
  call: {
    readonly outcome: Outcome;
    readonly cancelReason: CancelReason | null;
    readonly reason: string | null;
  },
  usual = meaningOf(call.outcome).note,
): string {
  if (call.outcome === 'ABANDONED' && call.cancelReason !== null) {
    return ABANDONED[call.cancelReason] ?? usual;
  }
  if (call.outcome !== 'CANCELED_BY_DIALER' || call.cancelReason === null) return usual;
  if (call.cancelReason === 'not_placed') {
    return `Call was not placed. ${call.reason ?? ''}`.trim();
  }
  return CANCELED[call.cancelReason] ?? usual;
}

/** What an agent may have written of a call: saved with a disposition, and typed since. */
export interface WrittenNote {
  readonly notes: string | null;
  /** When the disposition was saved, and the notes with it. */
  readonly savedAt: Date | null;
  /** Kept while the agent types; null: nothing since the disposition. */
  readonly draft: string | null;
  readonly draftAt: Date | null;
}

/**
 * The agent's note of a call, whether they ever pressed Save or not (P16): a draft that is newer than the disposition is the note,
 * as its writer had the saved one before them. null: they wrote nothing, or deleted what was there.
 */
export function agentNoteOf({ notes, savedAt, draft, draftAt }: WrittenNote): {
  readonly text: string | null;
  readonly isDraft: boolean;
} {
  const isDraft = draft !== null && draftAt !== null && (savedAt === null || draftAt > savedAt);
  const text = isDraft ? draft : notes;
  return { text: text?.trim() ? text : null, isDraft };
}

/**
 * The text that a disposition saves. Text that another device wrote and this one has not seen (`seenRevision`) is kept beside this
 * one's. `typed` undefined: this device said nothing of the note. Without `seenRevision`, a saved note was seen and a draft was not.
 */
export function noteToSave(
  typed: { readonly text: string | null | undefined; readonly seenRevision: number | undefined },
  written: { readonly text: string | null; readonly revision: number; readonly isDraft: boolean },
): string | null {
  if (typed.text === undefined) return written.text;
  const hasSeenAll =
    typed.seenRevision === undefined ? !written.isDraft : typed.seenRevision === written.revision;
  return hasSeenAll ? typed.text || null : joinNotes(written.text, typed.text);
}

/**
 * Two texts of one note, written on two devices that did not know of each other: nothing of either is lost, and what both have
 * stands there once.
 */
export function joinNotes(first: string | null, second: string | null): string | null {
  const [a, b] = [first?.trim() ?? '', second?.trim() ?? ''];
  if (a === '' || b.includes(a)) return b === '' ? null : b;
  if (a.includes(b)) return a;
  return `${a}\n\n${b}`;
}
