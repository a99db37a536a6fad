import { describe, expect, it } from 'vitest';
import { readHere } from './file-reader.js';
import { createReadingThreads } from './reading-threads.js';
import { createTurns } from './reading-turns.js';
import { UnreadableFile } from './unreadable-file.js';

const CSV = `Name,Phone\n${Array.from({ length: 1_200 }, (_, at) => `Person ${at},+1202555${String(at).padStart(4, '0')}`).join('\n')}`;
const MAPPING = {
  columns: ['Name', 'Phone'],
  mapping: { Name: 'name', Phone: 'phone_number' },
  defaultCountry: null,
  hashKey: Uint8Array.from({ length: 32 }, () => 7),
} as const;

describe('a file that is read in a thread of its own', () => {
  it('a file that is read in a thread of its own is read as it would be read here, piece by piece', async () => {
    const bytes = new TextEncoder().encode(CSV);
    const file = await createReadingThreads().open(bytes, {});
    const here = await readHere.open(CSV, { encoding: 'utf-8' });
    expect(file.looked).toEqual({ ...here.looked, encodingSure: true });
    // Handed over rather than copied: nothing of it is held here any more.
    expect(bytes.length).toBe(0);

    const pieces: unknown[] = [];
    const reader = createReadingThreads().mapPieces(MAPPING);
    const readerHere = readHere.mapPieces(MAPPING);
    for await (const piece of file.pieces()) {
      pieces.push(piece);
      expect(await reader.read(piece.content)).toEqual(await readerHere.read(piece.content));
    }
    expect(pieces.length).toBeGreaterThan(1);
    const expected: unknown[] = [];
    for await (const piece of here.pieces()) expected.push(piece);
    expect(pieces).toEqual(expected);
    file.close();
    reader.close();
  });

  it('a file that is read in a thread of its own is left alone in memory that it shares with others', async () => {
    const pooled = Buffer.from('Name,Phone\nAnn,+12025550101');
    const file = await createReadingThreads().open(pooled, {});
    expect(pooled.toString()).toContain('Ann');
    file.close();
  });

  it('a file that is read in a thread of its own is refused with its reason', async () => {
    await expect(createReadingThreads().open('%PDF-1.7', {})).rejects.toThrow(UnreadableFile);
    await expect(createReadingThreads().open('%PDF-1.7', {})).rejects.toThrow('PDF document');
  });

  it('a file that is read in a thread of its own is read no longer than the client stays', async () => {
    const gone = new AbortController();
    const reading = createReadingThreads().open('x'.repeat(1024), {}, gone.signal);
    gone.abort(new Error('The client left.'));
    await expect(reading).rejects.toThrow('The client left.');
    const late = createReadingThreads().open(CSV, {}, AbortSignal.abort(new Error('Too late.')));
    await expect(late).rejects.toThrow('Too late.');
  });

  it('a file that is read in a thread of its own is read no longer than its time, whatever is in it', async () => {
    // No thread has even started within a millisecond.
    await expect(createReadingThreads({ openWithinMs: 1 }).open(CSV, {})).rejects.toThrow(
      'was ended. Split it into several files',
    );
  });

  it('a file that is read in a thread of its own gives no more pieces once it is closed', async () => {
    const file = await createReadingThreads().open(CSV, {});
    file.close();
    await expect(file.pieces().next()).rejects.toThrow('Reading was ended.');
  });
});

describe('turns', () => {
  it('turns are given to so many at once, then in the order of coming', async () => {
    const turns = createTurns({ atOnce: 1, waiting: 2, withinMs: 60_000 });
    const first = await turns.take();
    const came: number[] = [];
    const second = turns.take().then((give) => {
      came.push(2);
      return give;
    });
    const third = turns.take().then((give) => {
      came.push(3);
      return give;
    });
    expect(await turns.take()).toBeNull();
    first?.();
    first?.();
    (await second)?.();
    (await third)?.();
    expect(came).toEqual([2, 3]);
    expect(await turns.take()).not.toBeNull();
  });

  it('turns are not waited for by one who has left', async () => {
    const turns = createTurns({ atOnce: 1, waiting: 2, withinMs: 60_000 });
    const first = await turns.take();
    const gone = new AbortController();
    const waiting = turns.take(gone.signal);
    gone.abort();
    expect(await waiting).toBeNull();
    first?.();
    expect(await turns.take()).not.toBeNull();
    expect(await turns.take(AbortSignal.abort())).toBeNull();
  });
});
