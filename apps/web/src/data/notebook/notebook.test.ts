import { ApiError, NetworkError } from '@outdial/client';
import type { Call, SaveNote, SetDisposition } from '@outdial/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aConversation } from '../../testing/builders.js';
import { createNoteStorage, type KeyValues, type StoredDisposition } from './note-storage.js';
import { createNotebook, type NoteServer } from './notebook.js';

/** A browser's storage, shared by its tabs and kept over a crash. */
function aStorage(): KeyValues {
  const all = new Map<string, string>();
  return {
    getItem: (key) => all.get(key) ?? null,
    setItem: (key, value) => void all.set(key, value),
    removeItem: (key) => void all.delete(key),
    key: (n) => [...all.keys()][n] ?? null,
    get length() {
      return all.size;
    },
  };
}

/** The server's rules on one row per call, and a line that may be cut before or after it acts. */
function aServer(...calls: Call[]) {
  const rows = new Map(calls.map((call) => [call.id, structuredClone(call)]));
  const puts: string[] = [];
  const posts: Array<SetDisposition & { callId: string }> = [];
  const known = new Set<string>();
  const line = { state: 'up' as 'up' | 'down' | 'loses answers', delayMs: 0 };
  const refusal = (status: number, code: 'not_found' | 'version_conflict') =>
    new ApiError({ type: '', title: '', status, code, detail: `Refused: ${code}.` });
  async function through<T>(act: () => T): Promise<T> {
    if (line.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, line.delayMs));
    if (line.state === 'down') throw new NetworkError('No answer.');
    const answer = act();
    if (line.state === 'loses answers') throw new NetworkError('No answer.');
    return structuredClone(answer);
  }
  const row = (id: string): Call => {
    const call = rows.get(id);
    if (!call) throw refusal(404, 'not_found');
    return call;
  };
  const server: NoteServer = {
    get: (id) => through(() => row(id)),
    saveNote: (id, { text, revision }: SaveNote) =>
      through(() => {
        const call = row(id);
        if (call.agent_note.revision !== revision) throw refusal(409, 'version_conflict');
        puts.push(text);
        call.agent_note = { text, revision: revision + 1, is_draft: true };
        return { message: '', call };
      }),
    setDisposition: (id, body) =>
      through(() => {
        const call = row(id);
        if (known.has(body.request_id ?? '')) return { message: '', call };
        known.add(body.request_id ?? '');
        posts.push({ ...body, callId: id });
        call.disposition = body.disposition;
        call.agent_note = {
          text: body.notes ?? null,
          revision: call.agent_note.revision + 1,
          is_draft: false,
        };
        return { message: '', call };
      }),
  };
  return { server, rows, puts, posts, line, note: (call: Call) => row(call.id).agent_note.text };
}

const ada = aConversation(1);
const ben = aConversation(2);
let nextId = 0;

function aTab(server: NoteServer, storage: KeyValues, userId = 'u1') {
  const refused: Array<[StoredDisposition, string]> = [];
  const notebook = createNotebook({
    server,
    storage: createNoteStorage(userId, storage),
    onRefused: (entry, why) => refused.push([entry, why]),
    onSaved: () => {},
    newId: () => {
      nextId += 1;
      return `request-${nextId}`;
    },
  });
  const crash = notebook.start();
  return { notebook, refused, crash };
}
const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);
/** 9 keys a second, as people who type well do. */
async function typeOn(tab: ReturnType<typeof aTab>, call: Call, text: string) {
  for (const key of text) {
    tab.notebook.type(call.id, tab.notebook.state(call.id).text + key);
    await wait(111);
  }
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a note', () => {
  it('a note is at the server within a second of the last key, and not with every key', async () => {
    const { server, puts, note } = aServer(ada);
    const tab = aTab(server, aStorage());
    tab.notebook.observe(ada);
    await typeOn(tab, ada, 'Wants a demo, and two seats for the team in Lyon');
    const soFar = puts.length;
    expect(soFar).toBeGreaterThan(1);
    expect(soFar).toBeLessThan(5);
    await wait(1_000);
    expect(note(ada)).toBe('Wants a demo, and two seats for the team in Lyon');
    expect(tab.notebook.state(ada.id).status).toBe('saved');
    expect(tab.notebook.unsentCount()).toBe(0);
  });

  it('a note is in the browser at once, and comes back after a crash between two keys', async () => {
    const { server, line, note } = aServer(ada);
    const storage = aStorage();
    const tab = aTab(server, storage);
    line.state = 'down';
    tab.notebook.observe(ada);
    await typeOn(tab, ada, 'Half a sen');
    tab.crash();
    line.state = 'up';
    const after = aTab(server, storage);
    after.notebook.observe(ada);
    expect(after.notebook.state(ada.id).text).toBe('Half a sen');
    await wait(1_000);
    expect(note(ada)).toBe('Half a sen');
  });

  it('a note is sent after a crash although its call is never opened again', async () => {
    const { server, line, note } = aServer(ada);
    const storage = aStorage();
    const tab = aTab(server, storage);
    line.state = 'down';
    tab.notebook.observe(ada);
    tab.notebook.type(ada.id, 'Half a sen');
    tab.crash();
    line.state = 'up';
    aTab(server, storage);
    await wait(2_000);
    expect(note(ada)).toBe('Half a sen');
  });

  it.each(['down', 'loses answers'] as const)(
    'typed on while the line is %s ends up whole, with what was deleted gone',
    async (state) => {
      const { server, line, note } = aServer(ada);
      const tab = aTab(server, aStorage());
      tab.notebook.observe(ada);
      await typeOn(tab, ada, 'Wants a demo');
      line.state = state;
      await typeOn(tab, ada, ' on Monday');
      await wait(1_500);
      expect(tab.notebook.state(ada.id).status).toBe('on_device');
      tab.notebook.type(ada.id, 'Wants a demo on Tuesday');
      await wait(1_500);
      line.state = 'up';
      await wait(60_000);
      expect(tab.notebook.state(ada.id)).toMatchObject({ status: 'saved' });
      expect(note(ada)).toBe(tab.notebook.state(ada.id).text);
      expect(note(ada)).toContain('Wants a demo on Tuesday');
    },
  );

  it('the live event of what it just sent itself brings no deleted letter back', async () => {
    const { server, rows, line } = aServer(ada);
    const tab = aTab(server, aStorage());
    line.delayMs = 400;
    tab.notebook.observe(ada);
    tab.notebook.type(ada.id, 'Wants ab');
    await wait(800);
    tab.notebook.type(ada.id, 'Wants a');
    tab.notebook.observe({
      ...ada,
      agent_note: { text: 'Wants ab', revision: 1, is_draft: true },
    });
    expect(tab.notebook.state(ada.id).text).toBe('Wants a');
    await wait(5_000);
    expect(rows.get(ada.id)?.agent_note.text).toBe('Wants a');
  });

  it('a note follows what another device types, and loses nothing of either when both type', async () => {
    const { server, rows, note } = aServer(ada);
    const [desk, phone] = [aTab(server, aStorage()), aTab(server, aStorage())];
    desk.notebook.observe(ada);
    phone.notebook.observe(ada);
    desk.notebook.type(ada.id, 'Wants a demo');
    await wait(1_000);
    phone.notebook.observe(rows.get(ada.id) ?? ada);
    expect(phone.notebook.state(ada.id).text).toBe('Wants a demo');
    desk.notebook.type(ada.id, 'Wants a demo in Lyon');
    phone.notebook.type(ada.id, 'Wants a demo. Call Eva first');
    await wait(10_000);
    for (const words of ['Wants a demo in Lyon', 'Call Eva first'])
      expect(note(ada)).toContain(words);
  });

  it('a note is taken with the disposition, also what was typed in the same moment', async () => {
    const { server, posts, note } = aServer(ada);
    const tab = aTab(server, aStorage());
    tab.notebook.observe(ada);
    tab.notebook.type(ada.id, 'Wants a demo');
    const saved = tab.notebook.dispose(ada, { disposition: 'interested', label: 'Interested' });
    tab.notebook.type(ada.id, 'Wants a demo soon');
    await wait(5_000);
    expect((await saved)?.disposition).toBe('interested');
    expect(posts).toMatchObject([{ disposition: 'interested', notes: 'Wants a demo' }]);
    expect(note(ada)).toBe('Wants a demo soon');
  });

  it('a note that the server refuses is kept and says why', async () => {
    const { server, rows } = aServer(ada);
    const storage = aStorage();
    const tab = aTab(server, storage);
    tab.notebook.observe(ada);
    rows.delete(ada.id);
    tab.notebook.type(ada.id, 'Wants a demo');
    await wait(2_000);
    expect(tab.notebook.state(ada.id)).toMatchObject({
      text: 'Wants a demo',
      status: 'refused',
      error: 'Refused: not_found.',
    });
    expect(createNoteStorage('u1', storage).note(ada.id)?.text).toBe('Wants a demo');
  });
});

describe('a disposition', () => {
  it('chosen without a connection is sent once, in order, when it is back', async () => {
    const { server, line, posts } = aServer(ada, ben);
    const tab = aTab(server, aStorage());
    for (const call of [ada, ben]) tab.notebook.observe(call);
    line.state = 'down';
    tab.notebook.type(ada.id, 'Out until May');
    expect(
      await tab.notebook.dispose(ada, { disposition: 'not_interested', label: 'Not Interested' }),
    ).toBeNull();
    expect(
      await tab.notebook.dispose(ben, { disposition: 'interested', label: 'Interested' }),
    ).toBeNull();
    expect(
      await tab.notebook.dispose(ada, { disposition: 'call_back', label: 'Call Back' }),
    ).toBeNull();
    expect(tab.notebook.state(ada.id)).toMatchObject({
      unsent: { label: 'Call Back', isOffline: true },
    });
    line.state = 'up';
    await Promise.all([tab.notebook.send(), tab.notebook.send()]);
    await wait(60_000);
    expect(posts.map(({ callId, disposition, notes }) => [callId, disposition, notes])).toEqual([
      [ada.id, 'not_interested', 'Out until May'],
      [ben.id, 'interested', null],
      [ada.id, 'call_back', 'Out until May'],
    ]);
    expect(tab.notebook.unsentCount()).toBe(0);
  });

  it('a disposition whose answer was lost acts once, although it is sent again', async () => {
    const { server, line, posts } = aServer(ada);
    const storage = aStorage();
    const tab = aTab(server, storage);
    line.state = 'loses answers';
    await tab.notebook.dispose(ada, { disposition: 'interested', label: 'Interested' });
    tab.crash();
    line.state = 'up';
    const after = aTab(server, storage);
    await wait(1_000);
    expect(posts).toHaveLength(1);
    expect(after.notebook.unsentCount()).toBe(0);
  });

  it('a disposition that is refused immediately fails where it was chosen; one that is refused later is reported, and delays no other', async () => {
    const { server, line, rows, posts } = aServer(ada, ben);
    const tab = aTab(server, aStorage());
    rows.delete(ada.id);
    await expect(
      tab.notebook.dispose(ada, { disposition: 'interested', label: 'Interested' }),
    ).rejects.toThrow('Refused: not_found.');
    expect(tab.refused).toEqual([]);
    line.state = 'down';
    await tab.notebook.dispose(ada, { disposition: 'interested', label: 'Interested' });
    await tab.notebook.dispose(ben, { disposition: 'busy', label: 'Busy' });
    line.state = 'up';
    await wait(60_000);
    expect(tab.refused).toMatchObject([
      [{ leadName: 'Lead 1', body: { disposition: 'interested' } }, 'Refused: not_found.'],
    ]);
    expect(posts).toMatchObject([{ callId: ben.id }]);
  });
});

describe('what a browser keeps of people', () => {
  it('what a browser keeps of people is not shown to another user, and goes with the user', async () => {
    const { server, line } = aServer(ada);
    const storage = aStorage();
    line.state = 'down';
    const tab = aTab(server, storage);
    tab.notebook.type(ada.id, 'Her son is ill');
    await tab.notebook.dispose(ada, { disposition: 'call_back', label: 'Call Back' });
    expect(aTab(server, storage, 'u2').notebook.state(ada.id).text).toBe('');
    tab.notebook.clear();
    expect(storage.length).toBe(0);
  });

  it('what a browser keeps of people goes after a week', () => {
    const storage = aStorage();
    createNoteStorage('u1', storage).putNote({ callId: 'c', text: 'Old', revision: 0, at: 0 });
    createNoteStorage('u2', storage, () => 7 * 24 * 3600_000 + 1);
    expect(storage.length).toBe(0);
  });

  it('what a browser keeps of people works as long as the page where the browser stores nothing', async () => {
    const { server, note } = aServer(ada);
    const no = (): never => {
      throw new DOMException('Denied', 'SecurityError');
    };
    const denied: KeyValues = { getItem: no, setItem: no, removeItem: no, key: no, length: 1 };
    const tab = aTab(server, denied);
    tab.notebook.observe(ada);
    tab.notebook.type(ada.id, 'Wants a demo');
    await wait(2_000);
    expect(note(ada)).toBe('Wants a demo');
  });
});
