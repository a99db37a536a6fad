import { aCompletedCall, savedAs } from '@outdial/testing/builders';
import { expect, test } from 'vitest';
import { missingWrites } from './acknowledged-writes.js';
import type { AcknowledgedWrite } from './front-door.js';
import type { Rows } from './read-rows.js';

const ID = '0193f000-0000-7000-8000-000000000001';
const NOTHING: Rows = {
  now: new Date('2026-01-15T12:00:00.000Z'),
  sessions: [],
  calls: [],
  counts: [],
  items: [],
  suppressions: [],
  contactRules: [],
  earlierCalls: [],
  events: [],
  activities: [],
  leads: [],
  queueIds: [],
  agentIds: [],
  imports: [],
};

const write = (path: string, request: unknown, answer: unknown = {}): AcknowledgedWrite => ({
  method: 'POST',
  path,
  request: Buffer.from(JSON.stringify(request)),
  answer: Buffer.from(JSON.stringify(answer)),
  atMs: 0,
});

test.each([
  ['a webhook', write('/webhooks/aircall', { event: 'call.ended', token: 't', data: { id: 1 } })],
  ['a lead', write('/api/leads', {}, { lead: { id: ID, phone_number: '+12025550101' } })],
  ['a queue', write('/api/queues', {}, { queue: { id: ID } })],
  ['a lead in a queue', write('/api/queue', { queue_id: ID, lead_ids: [ID] })],
  ['an agent', write('/api/agents', {}, { agent: { id: ID } })],
  ['a session', write('/api/dialer/sessions', {}, { id: ID })],
  ['the stop of a session', write(`/api/dialer/sessions/${ID}/stop`, {}, { id: ID })],
  [
    "an agent's disposition",
    write(`/api/calls/${ID}/disposition`, {}, { call: { id: ID, disposition: 'Interested' } }),
  ],
  ['a file of leads', write('/api/imports', 'a form', { import: { id: ID } })],
  ['a number not to call', write('/api/suppressions', { phone_numbers: ['+12025550101'] })],
])('%s that was acknowledged and cannot be found is missed', (_what, gone) => {
  expect(missingWrites([gone], NOTHING)).toHaveLength(1);
});

test('what is there is not missed, however its keys are ordered and without its token', () => {
  const call = { ...aCompletedCall('call', { outcome: 'CONNECTED' }), id: ID };
  const rows: Rows = {
    ...NOTHING,
    events: [
      {
        dedupeKey: 'any',
        state: 'PROCESSED',
        payload: { data: { id: 1, b: [2, 1] }, token: '[redacted]', event: 'call.ended' },
      },
    ],
    leads: [{ id: ID, phone: '+12025550101' }],
    calls: [
      {
        ...call,
        disposition: savedAs('Interested', { savedAt: NOTHING.now }),
      } as Rows['calls'][number],
    ],
    imports: [{ id: ID, state: 'DONE', rowsTotal: 3, rowsDone: 3 }],
  };
  const writes = [
    write('/webhooks/aircall', { event: 'call.ended', token: 't', data: { b: [2, 1], id: 1 } }),
    write('/api/leads', {}, { lead: { id: ID, phone_number: '+12025550101' } }),
    write(`/api/calls/${ID}/disposition`, {}, { call: { id: ID, disposition: 'Not A Fit' } }),
    write(`/api/calls/${ID}/disposition`, {}, { call: { id: ID, disposition: 'Interested' } }),
    write('/api/imports', 'a form', { import: { id: ID } }),
  ];
  expect(missingWrites(writes, rows)).toEqual([]);
  // The order of words matters: the last one counts.
  expect(missingWrites([...writes].reverse(), rows)).toHaveLength(1);
});

test('an import that stopped half way is missed', () => {
  const rows = { ...NOTHING, imports: [{ id: ID, state: 'RUNNING', rowsTotal: 3, rowsDone: 2 }] };
  const taken = write('/api/imports', 'a form', { import: { id: ID } });
  expect(missingWrites([taken], rows)).toHaveLength(1);
});

test('an unknown kind of acknowledged write is an error', () => {
  expect(() => missingWrites([write('/api/something', {})], NOTHING)).toThrow('/api/something');
});
