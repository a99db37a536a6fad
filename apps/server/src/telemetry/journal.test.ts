import type { JournalEntry } from '@outdial/core';
import { expect, it } from 'vitest';
import { createJournal } from './journal.js';
import { createLogger } from './logger.js';

const noted = (logLevel: 'info' | 'debug', entry: JournalEntry) => {
  const lines: string[] = [];
  const log = createLogger({ logLevel }, { write: (line) => void lines.push(line) });
  const counted: string[] = [];
  createJournal(log, {
    noted: ({ event }) => void counted.push(event),
  }).note(entry);
  expect(counted).toEqual([entry.event]);
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
};

const PLACED: JournalEntry = {
  level: 'warn',
  event: 'manual call by agent',
  sessionId: 's1',
  callId: 'c1',
  agentId: 'a1',
  eventId: 'e1',
  details: { attempts: 2, reason: null },
  pii: { phone: '+12025550101', name: 'Ann Lee' },
};

it('tells the story in fixed words, with the ids always and without a name or a number', () => {
  expect(noted('info', PLACED)).toEqual([
    {
      level: 'warn',
      time: expect.any(String),
      session_id: 's1',
      call_id: 'c1',
      agent_id: 'a1',
      event_id: 'e1',
      attempts: 2,
      reason: null,
      msg: 'manual call by agent',
    },
  ]);
});

it('the journal keeps names and numbers under `pii` where the operator asked for them', () => {
  expect(noted('debug', PLACED)).toMatchObject([{ pii: PLACED.pii }]);
});

it('counts what the level of the log leaves out', () => {
  expect(noted('info', { level: 'debug', event: 'provider event ignored' })).toEqual([]);
});
