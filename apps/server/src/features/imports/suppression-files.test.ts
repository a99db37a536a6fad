import { expect, it } from 'vitest';
import { readHere } from './file-reader.js';
import { createTurns } from './reading-turns.js';
import { suppressFile } from './suppression-files.js';

const READING = { atOnce: 1, waiting: 1, withinMs: 1000 };

function office(lines: number) {
  const batches: { readonly numbers: number; readonly refusedSoFar: number }[] = [];
  const listed: string[] = [];
  const numbers = Array.from({ length: lines }, (_, at) => `+1202${5_550_000 + at}`);
  const suppress = (client: AbortController, leaves = Number.POSITIVE_INFINITY) =>
    suppressFile(
      { reader: readHere, reading: createTurns(READING) },
      { fileName: 'list.csv', content: `phone\n${numbers.join('\n')}\nnonsense` },
      {
        wishes: {},
        defaultCountry: 'US',
        reason: 'Robinson list',
        preview: false,
        async suppress(list, refusedSoFar) {
          listed.push(...list.map(({ phone }) => phone));
          batches.push({ numbers: list.length, refusedSoFar });
          if (listed.length >= leaves) client.abort(new Error('The client left.'));
          return { added: list.length, alreadyThere: 0, queueIds: [] };
        },
      },
      client.signal,
    );
  return { batches, listed, suppress };
}

it('a do-not-call list that is read to its end is stored in batches', async () => {
  const { batches, listed, suppress } = office(12_000);
  const answer = await suppress(new AbortController());
  expect(answer).toMatchObject({ kind: 'read', file: { added: 12_000, refusedTotal: 1 } });
  expect(batches.length).toBeGreaterThan(1);
  expect(new Set(listed).size).toBe(12_000);
  expect(batches.at(-1)).toMatchObject({ refusedSoFar: 1 });
});

it('of a do-not-call list whose client leaves half-way, no further batch is stored', async () => {
  const { listed, suppress } = office(12_000);
  await expect(suppress(new AbortController(), 5_000)).rejects.toThrow('The client left.');
  expect(listed.length).toBeGreaterThanOrEqual(5_000);
  expect(listed.length).toBeLessThan(12_000);
});
