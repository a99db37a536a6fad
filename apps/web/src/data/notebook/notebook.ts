import { ApiError, NetworkError } from '@outdial/client';
import type { Call, CallResult, SaveNote, SetDisposition } from '@outdial/protocol';
import { errorText } from '../../domain/error-text.js';
import { mergeNotes } from './merge-notes.js';
import type { NoteStorage, StoredDisposition } from './note-storage.js';

/**
 * saved      the server has it
 * saving     it is on its way, or will be in a moment
 * on_device  the server cannot be reached: it is in this browser, and is sent when the connection is back
 * refused    the server does not take it; it is in this browser
 */
export type NoteStatus = 'saved' | 'saving' | 'on_device' | 'refused';

export interface NoteState {
  readonly text: string;
  readonly status: NoteStatus;
  /** Why it was refused. */
  readonly error: string | null;
  /** The disposition that was chosen here and that the server has not confirmed. */
  readonly unsent: {
    readonly code: string;
    readonly label: string;
    readonly isOffline: boolean;
  } | null;
}

/** As much of the client as the notebook needs. */
export interface NoteServer {
  get(callId: string): Promise<Call>;
  saveNote(callId: string, body: SaveNote, options?: { keepalive?: boolean }): Promise<CallResult>;
  setDisposition(callId: string, body: SetDisposition): Promise<CallResult>;
}

/** A disposition that the agent chose: its code, and what it is called on the screen. */
export interface ChosenDisposition {
  readonly disposition: string;
  readonly label: string;
  readonly callback_at?: string | undefined;
}

export interface Notebook {
  state(callId: string): NoteState;
  subscribe(listener: () => void): () => void;
  /** What the server says of a call, whenever it says something. */
  observe(call: Pick<Call, 'id' | 'agent_note'>): void;
  type(callId: string, text: string): void;
  /**
   * Saves a disposition, with the note as it stands. Resolves with the call, or with null when the server cannot be reached: then it
   * is kept and sent later, in order. Fails when the server refuses.
   */
  dispose(call: Pick<Call, 'id' | 'lead'>, chosen: ChosenDisposition): Promise<Call | null>;
  /** The connection is back: sends what is unsent. Resolves once everything was tried. */
  send(options?: { keepalive?: boolean }): Promise<void>;
  /** How many notes and dispositions are in this browser only. */
  unsentCount(): number;
  /** Forgets everything that this browser keeps of the person. */
  clear(): void;
  /** Begins to send what an earlier page left. Returns how to stop; may be started again. */
  start(): () => void;
}

export interface NotebookPorts {
  readonly server: NoteServer;
  readonly storage: NoteStorage;
  /** The server refused what had been kept for it. */
  readonly onRefused: (entry: StoredDisposition, why: string) => void;
  /** A disposition arrived; the screen shows the call as it is now. */
  readonly onSaved: (call: Call) => void;
  readonly newId?: () => string;
  /** Runs one at a time over all tabs of this browser, so that nothing is sent twice. */
  readonly serialize?: <T>(work: () => Promise<T>) => Promise<T>;
}

/** After the last key, and at most after the first that is not saved: within a second, yet not with every letter. */
export const SAVE_AFTER_MS = 600;
export const SAVE_AT_LEAST_EVERY_MS = 2_000;
const RETRY_FIRST_MS = 1_000;
const RETRY_MOST_MS = 30_000;

interface Note {
  text: string;
  /** As the server has it. */
  saved: string;
  revision: number;
  /** Sent, and not answered yet: the live event may come before the answer. */
  underway: string | null;
  status: NoteStatus;
  error: string | null;
  timer: ReturnType<typeof setTimeout> | undefined;
  /** Since when there is something to save. */
  dirtySince: number | null;
  saving: Promise<void> | null;
}

/** The server is away, or the user has to sign in again: later, not never. */
const isForLater = (error: unknown): boolean =>
  error instanceof NetworkError ||
  (error instanceof ApiError &&
    (error.status === 401 || error.status === 429 || error.status >= 500));

/** What agents write and choose about calls, so that nothing of it is lost (P16). */
export function createNotebook(ports: NotebookPorts): Notebook {
  const { server, storage, onRefused, onSaved } = ports;
  const { newId = () => crypto.randomUUID(), serialize = (work) => work() } = ports;
  const notes = new Map<string, Note>();
  const states = new Map<string, NoteState>();
  const listeners = new Set<() => void>();
  const waiting = new Map<
    string,
    { resolve: (call: Call | null) => void; reject: (e: unknown) => void }
  >();
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let retryMs = RETRY_FIRST_MS;
  let isOffline = false;
  let isClosed = false;
  let sending: Promise<void> | null = null;

  const changed = () => {
    states.clear();
    for (const tell of listeners) tell();
  };
  const noteOf = (callId: string): Note => {
    let note = notes.get(callId);
    if (!note) {
      const stored = storage.note(callId);
      note = {
        text: stored?.text ?? '',
        saved: '',
        revision: stored?.revision ?? 0,
        underway: null,
        status: stored ? 'saving' : 'saved',
        error: null,
        timer: undefined,
        dirtySince: null,
        saving: null,
      };
      notes.set(callId, note);
      if (stored) schedule(callId, note);
    }
    return note;
  };

  const keep = (callId: string, note: Note) => {
    if (note.text === note.saved) storage.removeNote(callId);
    else storage.putNote({ callId, text: note.text, revision: note.revision, at: Date.now() });
  };

  function schedule(callId: string, note: Note): void {
    note.dirtySince ??= Date.now();
    const latest = note.dirtySince + SAVE_AT_LEAST_EVERY_MS - Date.now();
    clearTimeout(note.timer);
    note.timer = setTimeout(
      () => void save(callId, note),
      Math.max(0, Math.min(SAVE_AFTER_MS, latest)),
    );
  }

  /** Brings the text to the server, as often as it takes. Never fails. */
  function save(callId: string, note: Note, options: { keepalive?: boolean } = {}): Promise<void> {
    clearTimeout(note.timer);
    note.timer = undefined;
    if (note.saving !== null) return note.saving;
    const saving = saveNow(callId, note, options).finally(() => {
      note.underway = null;
      note.saving = null;
      changed();
    });
    note.saving = saving;
    return saving;
  }
  async function saveNow(
    callId: string,
    note: Note,
    options: { keepalive?: boolean },
  ): Promise<void> {
    try {
      while (!isClosed && note.text !== note.saved) {
        const { text, revision } = note;
        note.dirtySince = null;
        note.underway = text;
        if (note.status !== 'on_device') note.status = 'saving';
        const { call } = await server.saveNote(callId, { text, revision }, options);
        accept(callId, note, text, call.agent_note.revision);
        if (note.text !== note.saved && note.timer === undefined) schedule(callId, note);
        if (note.timer !== undefined) break;
      }
      reached();
    } catch (error) {
      await failed(callId, note, error);
    }
  }

  /** The server has this text. */
  function accept(callId: string, note: Note, text: string, revision: number): void {
    note.saved = text;
    note.revision = Math.max(note.revision, revision);
    note.status = note.text === text ? 'saved' : 'saving';
    note.error = null;
    keep(callId, note);
  }

  async function failed(callId: string, note: Note, error: unknown): Promise<void> {
    note.underway = null;
    if (error instanceof ApiError && error.code === 'version_conflict') {
      try {
        const call = await server.get(callId);
        mergeIn(callId, note, call.agent_note);
        if (note.text !== note.saved) schedule(callId, note);
      } catch (again) {
        return later(note, again);
      }
      return;
    }
    later(note, error);
  }
  function later(note: Note, error: unknown): void {
    if (isForLater(error)) {
      note.status = 'on_device';
      retryLater();
    } else {
      note.status = 'refused';
      note.error = errorText(error);
    }
  }

  /** Another device wrote. What is typed here and not there yet stays. */
  function mergeIn(callId: string, note: Note, theirs: Call['agent_note']): void {
    const text = theirs.text ?? '';
    const isOwn = note.underway === text && theirs.revision === note.revision + 1;
    const hadUnsaved = note.text !== note.saved;
    note.revision = theirs.revision;
    if (!hadUnsaved) note.text = text;
    else if (!isOwn) note.text = mergeNotes(text, note.text);
    note.saved = text;
    if (note.text === note.saved) {
      note.status = 'saved';
      note.error = null;
      clearTimeout(note.timer);
      note.timer = undefined;
      note.dirtySince = null;
    }
    keep(callId, note);
    changed();
  }

  function reached(): void {
    isOffline = false;
    retryMs = RETRY_FIRST_MS;
  }
  function retryLater(): void {
    isOffline = true;
    if (isClosed || retryTimer !== undefined) return;
    retryTimer = setTimeout(() => {
      retryTimer = undefined;
      retryMs = Math.min(RETRY_MOST_MS, retryMs * 2);
      void send();
    }, retryMs);
  }

  /** What was chosen first is sent first; one that waits for the server holds up those after it. */
  async function sendDispositions(): Promise<void> {
    while (!isClosed) {
      // Read anew: another tab may have sent it, or added one.
      const [entry] = storage.outbox();
      if (entry === undefined) return;
      const note = noteOf(entry.callId);
      await note.saving;
      const asker = waiting.get(entry.body.request_id);
      try {
        const { call } = await server.setDisposition(entry.callId, {
          ...entry.body,
          note_revision: note.revision,
        });
        done(entry);
        clearTimeout(note.timer);
        note.timer = undefined;
        const sent = entry.body.notes ?? '';
        const isAsSent = note.text.trim() === sent.trim();
        note.saved = call.agent_note.text ?? '';
        note.revision = call.agent_note.revision;
        note.text = isAsSent ? note.saved : note.text;
        note.status = note.text === note.saved ? 'saved' : 'saving';
        keep(entry.callId, note);
        if (note.text !== note.saved) schedule(entry.callId, note);
        reached();
        onSaved(call);
        asker?.resolve(call);
      } catch (error) {
        if (isForLater(error)) {
          // Those behind it wait in the same line.
          for (const { resolve } of waiting.values()) resolve(null);
          waiting.clear();
          retryLater();
          changed();
          return;
        }
        done(entry);
        if (asker) asker.reject(error);
        else onRefused(entry, errorText(error));
        // What was typed is kept by itself.
        if (note.text !== note.saved) schedule(entry.callId, note);
      }
      waiting.delete(entry.body.request_id);
      changed();
    }
  }
  const done = (entry: StoredDisposition) =>
    storage.putOutbox(storage.outbox().filter((e) => e.body.request_id !== entry.body.request_id));

  function send(options: { keepalive?: boolean } = {}): Promise<void> {
    sending ??= (async () => {
      try {
        await serialize(sendDispositions);
        // Also notes of calls that no page shows any more.
        for (const { callId } of storage.notes()) noteOf(callId);
        const dirty = [...notes].filter(([, n]) => n.text !== n.saved && n.status !== 'refused');
        await Promise.all(dirty.map(([callId, note]) => save(callId, note, options)));
      } finally {
        sending = null;
      }
      const isAskedFor = waiting.size > 0 || !isOffline;
      if (!isClosed && isAskedFor && storage.outbox().length > 0) void send();
    })();
    return sending;
  }

  return {
    state(callId) {
      const known = states.get(callId);
      if (known) return known;
      const note = noteOf(callId);
      const last = storage.outbox().findLast((entry) => entry.callId === callId);
      const state: NoteState = {
        text: note.text,
        status: note.text === note.saved && note.status !== 'refused' ? 'saved' : note.status,
        error: note.error,
        unsent: last
          ? { code: last.body.disposition, label: last.label ?? last.body.disposition, isOffline }
          : null,
      };
      states.set(callId, state);
      return state;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    observe({ id, agent_note: theirs }) {
      const isNew = !notes.has(id);
      const note = noteOf(id);
      if (isNew && note.text === '' && note.saved === '') {
        note.text = theirs.text ?? '';
        note.saved = note.text;
        note.revision = theirs.revision;
        return changed();
      }
      if (isNew && theirs.revision === note.revision) {
        note.saved = theirs.text ?? '';
        return changed();
      }
      if (theirs.revision > note.revision) mergeIn(id, note, theirs);
    },
    type(callId, text) {
      const note = noteOf(callId);
      if (note.text === text) return;
      note.text = text;
      note.error = null;
      if (note.status !== 'on_device') note.status = 'saving';
      keep(callId, note);
      schedule(callId, note);
      changed();
    },
    dispose(call, { disposition, label, callback_at }) {
      const note = noteOf(call.id);
      clearTimeout(note.timer);
      note.timer = undefined;
      const text = note.text.trim();
      const body = {
        disposition,
        request_id: newId(),
        notes: text === '' ? null : text,
        note_revision: note.revision,
        ...(callback_at !== undefined && { callback_at }),
      };
      const entry = { callId: call.id, leadName: call.lead.name, label, body, at: Date.now() };
      storage.putOutbox([...storage.outbox(), entry]);
      changed();
      return new Promise<Call | null>((resolve, reject) => {
        waiting.set(body.request_id, { resolve, reject });
        void send();
      });
    },
    send(options) {
      clearTimeout(retryTimer);
      retryTimer = undefined;
      return send(options);
    },
    unsentCount: () =>
      storage.outbox().length + [...notes.values()].filter((n) => n.text !== n.saved).length,
    clear() {
      for (const note of notes.values()) clearTimeout(note.timer);
      notes.clear();
      storage.clear();
      changed();
    },
    start() {
      isClosed = false;
      void send();
      return () => {
        isClosed = true;
        clearTimeout(retryTimer);
        retryTimer = undefined;
        for (const note of notes.values()) clearTimeout(note.timer);
      };
    },
  };
}
