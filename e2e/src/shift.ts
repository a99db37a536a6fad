import type { Client } from '@outdial/client';
import type { Call, Outcome, QueueItem } from '@outdial/protocol';
import type { FateInput } from '@outdial/telephony-aircall/mock-aircall';
import { expect } from 'vitest';
import { type AircallOffice, openAircallOffice } from './aircall-office.js';
import { expectOneActivityEach, expectWordsOfTheTable, metricsOf } from './checks.js';
import { daytimeZone } from './daytime-zone.js';
import type { OutdialServer } from './outdial-server.js';
import { allActivities, allItems } from './read-all.js';
import { syncedCalls } from './synced-calls.js';
import { until } from './until.js';

/**
 * What people do when they are called. Aircall cannot tell busy from unanswered, nor a mailbox from a person, so the
 * outcomes are those that can be known through it (reference 7.3).
 */
interface Story {
  readonly fates: readonly FateInput[];
  readonly outcomes: readonly Outcome[];
  readonly ends: 'DONE' | 'EXHAUSTED';
}

const talk = (talkSeconds: number): FateInput => ({ kind: 'answer', afterSeconds: 4, talkSeconds });
const ring: FateInput = { kind: 'no_answer', ringSeconds: 8 };
const busy: FateInput = { kind: 'busy', afterSeconds: 3 };
const mailbox: FateInput = { kind: 'mailbox', afterSeconds: 6, talkSeconds: 4 };

const TRIES = 2;
/** Of ten leads five answer at once; the rest take more, and three never answer. */
const STORIES: readonly Story[] = [
  { fates: [talk(20)], outcomes: ['CONNECTED'], ends: 'DONE' },
  { fates: [talk(8)], outcomes: ['CONNECTED'], ends: 'DONE' },
  { fates: [talk(12)], outcomes: ['CONNECTED'], ends: 'DONE' },
  { fates: [ring, talk(10)], outcomes: ['NO_ANSWER', 'CONNECTED'], ends: 'DONE' },
  { fates: [talk(6)], outcomes: ['CONNECTED'], ends: 'DONE' },
  { fates: [busy, talk(10)], outcomes: ['NO_ANSWER', 'CONNECTED'], ends: 'DONE' },
  { fates: [mailbox], outcomes: ['CONNECTED'], ends: 'DONE' },
  { fates: [ring], outcomes: ['NO_ANSWER', 'NO_ANSWER'], ends: 'EXHAUSTED' },
  { fates: [busy, ring], outcomes: ['NO_ANSWER', 'NO_ANSWER'], ends: 'EXHAUSTED' },
  { fates: [talk(5)], outcomes: ['CONNECTED'], ends: 'DONE' },
];

const storyOf = (index: number): Story => {
  const story = STORIES[index % STORIES.length];
  if (story === undefined) throw new Error('There is no story.');
  return story;
};

/** Numbers that are set aside for fiction; the mock's own line is one of the hundred that are left out. */
const numberOf = (index: number): string => {
  const area = ['202', '212', '312'][Math.floor(index / 99)];
  return `+1${area}55501${String((index % 99) + 1).padStart(2, '0')}`;
};

/** As exports of CRMs are: a byte order mark, quotes where needed, numbers written in several ways. */
function csvOf(leads: number): string {
  const zone = daytimeZone();
  const written = (e164: string, index: number): string => {
    const [area, exchange, line] = [e164.slice(2, 5), e164.slice(5, 8), e164.slice(8)];
    switch (index % 4) {
      case 0:
        return e164;
      case 1:
        return `(${area}) ${exchange}-${line}`;
      case 2:
        return `+1 ${area}-${exchange}-${line}`;
      default:
        return `${area}.${exchange}.${line}`;
    }
  };
  const rows = Array.from({ length: leads }, (_, index) => {
    const name = `"Lead, Number ${index}"`;
    return `${name},${written(numberOf(index), index)},"Example ""${index}"" Ltd",${zone}`;
  });
  return `\uFEFFFull name,Phone,Company,Time zone\r\n${rows.join('\r\n')}\r\n`;
}

export interface Shift {
  readonly office: AircallOffice;
  readonly leads: number;
}

/**
 * An Aircall account on a bad day: of its webhooks one in ten comes twice, one in ten late and out of order, and one in
 * twenty never. It runs fast: a minute of a call takes less than a second.
 */
export async function prepareShift({ leads = 200, seed = 7 } = {}): Promise<Shift> {
  const office = await openAircallOffice({
    speed: 100,
    seed,
    eventFaults: {
      duplicatePercent: 10,
      shufflePercent: 10,
      shuffleWindowSeconds: 40,
      dropPercent: 5,
    },
  });
  for (let index = 0; index < leads; index++) {
    office.control.scriptFate(numberOf(index), ...storyOf(index).fates);
  }
  return { office, leads };
}

/** Imports the leads into a queue whose retries come within seconds, and starts Alex on it. */
export async function beginShift(
  server: OutdialServer,
  shift: Shift,
): Promise<{ sessionId: string; queueId: string }> {
  const { client } = server;
  const { queue } = await client.queues.create({
    name: 'The whole shift',
    settings: {
      delay_seconds: 0,
      wrap_up_seconds: 0,
      patience_seconds: 60,
      // A call whose end was lost is looked up so long after it began, and 20 s more.
      ring_seconds: 5,
      retry_rules: {
        NO_ANSWER: { delay_seconds: 1, tries: TRIES },
        FAILED: { delay_seconds: 1, tries: 20 },
        CANCELED_BY_DIALER: { delay_seconds: 1, tries: null },
      },
    },
  });
  const started = await client.imports.start(
    { content: new Blob([csvOf(shift.leads)], { type: 'text/csv' }), name: 'leads.csv' },
    { queue_id: queue.id, default_country: 'US' },
  );
  const imported = await until('the leads are imported', async () => {
    const current = await client.imports.get(started.import.id);
    return current.state === 'DONE' && current;
  });
  expect(imported).toMatchObject({ created: shift.leads, failed: 0, errors_total: 0 });

  const alex = (await client.agents.list()).agents.find(({ email }) => email.startsWith('alex@'));
  const session = await client.sessions.create({
    agent_id: alex?.id ?? '',
    queue_id: queue.id,
    lines: 1,
    after_connect: 'continue',
  });
  return { sessionId: session.id, queueId: queue.id };
}

/**
 * Resolves when the session ended by itself; fails at once when it stops for another reason, or has more than its one
 * call (P9).
 */
export async function shiftEnds(
  client: Client,
  sessionId: string,
  { within }: { within: number },
): Promise<void> {
  const session = await until(
    'the shift is over',
    async () => {
      const current = await client.sessions.get(sessionId);
      const isOver = current.status !== 'RUNNING' || current.active_call_ids.length > 1;
      return isOver && current;
    },
    { within, every: 250 },
  );
  expect(session).toMatchObject({ status: 'STOPPED', reason: 'queue_dry', active_call_ids: [] });
}

/** The end state that every shift must come to, whatever happened on the way. */
export async function expectShiftDone(
  server: OutdialServer,
  shift: Shift,
  { sessionId, queueId }: { sessionId: string; queueId: string },
): Promise<void> {
  const { client } = server;
  const calls = await syncedCalls(client, { session_id: sessionId });
  const items = await allItems(client, queueId);
  expectEachLeadCalledByTheRules(shift, calls, items);
  expectNobodyRungTwice(shift);

  // P5, P10, and the words of the table.
  expectWordsOfTheTable(calls);
  const { metrics } = await client.sessions.get(sessionId);
  expect(metrics).toEqual(metricsOf(calls));
  // P6.
  expectOneActivityEach(calls, await allActivities(client));
}

function expectEachLeadCalledByTheRules(
  { leads }: Shift,
  calls: readonly Call[],
  items: readonly QueueItem[],
): void {
  const endOf = new Map(items.map((item) => [item.lead.phone_number, item.state]));
  const said = new Map<string, { outcomes: (Outcome | null)[]; ends: string | undefined }>();
  const wanted = new Map<string, { outcomes: readonly Outcome[]; ends: string }>();
  for (let index = 0; index < leads; index++) {
    const phone = numberOf(index);
    const { outcomes, ends } = storyOf(index);
    wanted.set(phone, { outcomes, ends });
    const ofThis = calls
      .filter((call) => call.phone_number === phone && wasPlaced(call))
      .sort((a, b) => (a.queued_at < b.queued_at ? -1 : 1));
    said.set(phone, { outcomes: ofThis.map((call) => call.outcome), ends: endOf.get(phone) });
  }
  expect(Object.fromEntries(said)).toEqual(Object.fromEntries(wanted));
}

/**
 * A call whose order never reached Aircall, because the server was killed over it, is history too: no phone rang, it is
 * FAILED, and the lead is called again. Everything else the provider took.
 */
const wasPlaced = (call: Call): boolean =>
  call.provider_call_id !== null && call.outcome !== 'FAILED';

/** P1 and P3, by the provider's own books. */
function expectNobodyRungTwice({ office, leads }: Shift): void {
  const { control, speed } = office;
  const expected = Object.fromEntries(
    Array.from({ length: leads }, (_, index) => {
      const calls = storyOf(index).outcomes.length;
      return [numberOf(index), { ordersAccepted: calls, calls }];
    }),
  );
  expect(control.callCounts()).toEqual(expected);

  // Timestamps inside a call keep their full length, so its real end is nearer by the mock's speed.
  const spans = control.calls().map((call) => ({
    phone: call.phoneNumber,
    from: call.startedAtMs,
    to:
      call.startedAtMs + ((call.endedAtMs ?? Number.POSITIVE_INFINITY) - call.startedAtMs) / speed,
  }));
  spans.sort((a, b) => a.from - b.from);
  for (const [index, span] of spans.entries()) {
    const next = spans[index + 1];
    if (next !== undefined)
      expect(next.from, `${span.phone}, then ${next.phone}`).toBeGreaterThanOrEqual(
        Math.floor(span.to),
      );
  }
}
