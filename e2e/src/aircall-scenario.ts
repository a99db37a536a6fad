import type { FateInput } from '@outdial/aircall/mock';
import type { Client } from '@outdial/client';
import { daytimeZone } from '@outdial/lab/server/daytime-zone';
import type { OutdialServer } from '@outdial/lab/server/outdial-server';
import { allActivities, allItems } from '@outdial/lab/server/read-all';
import { until } from '@outdial/lab/server/until';
import type { Call, Outcome, QueueItem } from '@outdial/protocol';
import { expect } from 'vitest';
import { type AircallAccount, startAircallAccount } from './aircall-account.js';
import { expectDocumentedDispositions, expectOneActivityEach, metricsOf } from './checks.js';
import { syncedCalls } from './synced-calls.js';

/**
 * What people do when they are called. Aircall does not distinguish busy from unanswered, nor a mailbox from a person, so
 * the outcomes are those that it can report (reference 7.3).
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
/** Of ten leads five answer the first call, a mailbox answers one, two answer the second call, and two never answer. */
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

/** Numbers reserved for fiction; the last of each hundred is left out, because it is the mock's own line. */
const numberOf = (index: number): string => {
  const area = ['202', '212', '312'][Math.floor(index / 99)];
  return `+1${area}55501${String((index % 99) + 1).padStart(2, '0')}`;
};

/** Like a CRM's export: a byte order mark, quotes where needed, numbers in several formats. */
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

export interface AircallScenario {
  readonly account: AircallAccount;
  readonly leads: number;
}

/**
 * An Aircall account with unreliable webhooks: one in ten comes twice, one in ten late and out of order, and one in
 * twenty never. It runs fast: a minute of a call takes less than a second.
 */
export async function prepareScenario({ leads = 200, seed = 7 } = {}): Promise<AircallScenario> {
  const account = await startAircallAccount({
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
    account.control.scriptFate(numberOf(index), ...storyOf(index).fates);
  }
  return { account, leads };
}

/** Imports the leads into a queue whose retries come within seconds, and starts Alex on it. */
export async function startScenario(
  server: OutdialServer,
  scenario: AircallScenario,
): Promise<{ sessionId: string; queueId: string }> {
  const { client } = server;
  const { queue } = await client.queues.create({
    name: 'Every lead of the scenario',
    settings: {
      delay_seconds: 0,
      wrap_up_seconds: 0,
      pause_when_away_seconds: 0,
      patience_seconds: 60,
      // A call whose end event is lost is looked up this long after its start, plus 20 s.
      ring_seconds: 5,
      // These limits cannot be switched off with real phones, so they are as small as allowed.
      contact_limits: { gap_seconds: 1, calls_per_day: 50, enforce: null },
      retry_rules: {
        NO_ANSWER: { delay_seconds: 1, tries: TRIES },
        FAILED: { delay_seconds: 1, tries: 20 },
        CANCELED_BY_DIALER: { delay_seconds: 1, tries: 50 },
      },
    },
  });
  const started = await client.imports.start(
    { content: new Blob([csvOf(scenario.leads)], { type: 'text/csv' }), name: 'leads.csv' },
    { queue_id: queue.id, default_country: 'US' },
  );
  const imported = await until('the leads are imported', async () => {
    const current = await client.imports.get(started.import.id);
    return current.state === 'DONE' && current;
  });
  expect(imported).toMatchObject({ created: scenario.leads, failed: 0, errors_total: 0 });

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
 * Resolves when the session has exhausted its queue; fails immediately when it stops for another reason, or has more than one
 * call (P9).
 */
export async function scenarioEnds(
  client: Client,
  sessionId: string,
  { timeoutMs }: { timeoutMs: number },
): Promise<void> {
  const session = await until(
    'the session has ended',
    async () => {
      const current = await client.sessions.get(sessionId);
      const isOver = current.status !== 'RUNNING' || current.active_call_ids.length > 1;
      return isOver && current;
    },
    { timeoutMs, intervalMs: 250 },
  );
  expect(session).toMatchObject({
    status: 'STOPPED',
    reason: 'queue_exhausted',
    active_call_ids: [],
  });
}

/** Checks the end state that every scenario must reach, whatever failed on the way. */
export async function expectScenarioDone(
  server: OutdialServer,
  scenario: AircallScenario,
  { sessionId, queueId }: { sessionId: string; queueId: string },
): Promise<void> {
  const { client } = server;
  const calls = await syncedCalls(client, { session_id: sessionId });
  const items = await allItems(client, queueId);
  expectEachLeadCalledByTheRules(scenario, calls, items);
  expectNoNumberCalledTwice(scenario);

  // P5, P10, and the documented dispositions.
  expectDocumentedDispositions(calls);
  const { metrics } = await client.sessions.get(sessionId);
  expect(metrics).toEqual(metricsOf(calls));
  // P6.
  expectOneActivityEach(calls, await allActivities(client));
}

function expectEachLeadCalledByTheRules(
  { leads }: AircallScenario,
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
 * A call whose order never reached Aircall, because the server was killed, is in the history too: no phone rang, it is
 * FAILED, and the lead is called again. The provider accepted every other call.
 */
const wasPlaced = (call: Call): boolean =>
  call.provider_call_id !== null && call.outcome !== 'FAILED';

/** P1 and P3, checked against the provider's own records. */
function expectNoNumberCalledTwice({ account, leads }: AircallScenario): void {
  const { control, speed } = account;
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
