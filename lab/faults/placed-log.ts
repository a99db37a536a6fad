import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Call } from '@outdial/core';
import type { SeenCall } from '../worlds/index.js';

/** What a node writes each time that it asks the simulator to place a call; `placed: false` takes the line before back. */
export interface PlacedLine {
  readonly callId: string;
  readonly to: string;
  readonly agentId: string;
  readonly atMs: number;
  readonly placed: boolean;
}

export const placedLogIn = (dataDir: string): string => join(dataDir, 'placed.jsonl');

/**
 * The simulator's books, as far as it has any: what was asked of it. Who answered is the row's own word, so P5 is judged by
 * the rows alone; P1, P3 and P8 are not.
 */
export async function seenBySimulator(
  dataDirs: readonly string[],
  calls: readonly Call[],
): Promise<readonly SeenCall[]> {
  const callOf = new Map(calls.map((call) => [call.id, call]));
  const seen: SeenCall[] = [];
  for (const dataDir of dataDirs) {
    const text = await readFile(placedLogIn(dataDir), 'utf8').catch(() => '');
    for (const line of text.split('\n').filter(Boolean)) {
      const { callId, to, agentId, atMs, placed } = JSON.parse(line) as PlacedLine;
      if (!placed) {
        const taken = seen.findLastIndex((entry) => entry.callId === callId);
        if (taken >= 0) seen.splice(taken, 1);
        continue;
      }
      const call = callOf.get(callId);
      const answeredBy = call !== undefined && 'answeredBy' in call ? call.answeredBy : null;
      seen.push({ callId, to, agentId, live: false, answeredBy, decidedAt: new Date(atMs) });
    }
  }
  return seen;
}
