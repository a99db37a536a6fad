import {
  type Announcement,
  advanceSession,
  allowNumbers,
  begunCalls,
  type CallFacts,
  changeQueueAccess,
  controlSession,
  createEventSerializer,
  type DialerPorts,
  hangUpCall,
  type JobHint,
  type JournalEntry,
  placeCall,
  processProviderEvent,
  receiveProviderEvent,
  requestHangUp,
  STANDARD_CRM_RECORDS,
  saveDisposition,
  startSession,
  stepAway,
  syncCall,
  type Telephony,
  type TelephonyCapabilities,
  unseenCalls,
  wakeQueues,
} from '@outdial/core';
import { createMockCrm, createMockCrmPeople, type MockCrm } from '@outdial/mock-crm';
import { createMockEnrichment, type MockEnrichment } from '@outdial/mock-enrichment';
import {
  createAgentStore,
  createCallViews,
  createConnectionStore,
  createCrmSyncStore,
  createDataSubjectStore,
  createDialerStore,
  createDispositionSetStore,
  createHistory,
  createImportStepper,
  createImportStore,
  createInboxViews,
  createLeadStore,
  createNoteDraftStore,
  createPresenceStore,
  createProviderInbox,
  createQueueItemStore,
  createQueueStore,
  createReconciliationStore,
  createReportStore,
  createSecretStore,
  createSessionViews,
  createSettingsStore,
  createSnapshot,
  createStatistics,
  createSuppressionStore,
  type Database,
  type DatabaseLocation,
  migrate,
  openDatabase,
} from '@outdial/postgres';
import type { Lead, LeadResult, Problem } from '@outdial/protocol';
import { createVirtualTime, type VirtualTime } from '@outdial/testing/virtual-time';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import type { Kysely } from 'kysely';
import { pino } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { expect } from 'vitest';
import { type AuditEvent, appendOrRefuse } from '../../src/access/audit-trail.js';
import type { SecurityAlerts } from '../../src/access/security-alerts.js';
import { createAuditLog } from '../../src/audit/audit-log.js';
import { createChanges } from '../../src/audit/changes.js';
import { createStoredCredentials } from '../../src/connections/credentials.js';
import { type Accounts, createAccounts } from '../../src/features/accounts/accounts.js';
import type { CampaignPorts, HttpPorts } from '../../src/features/http-ports.js';
import { readHere } from '../../src/features/imports/file-reader.js';
import { createImports, READING } from '../../src/features/imports/imports.js';
import { createTurns } from '../../src/features/imports/reading-turns.js';
import { suppressFile } from '../../src/features/imports/suppression-files.js';
import { createPeople } from '../../src/features/privacy/people.js';
import { createSystemSettings } from '../../src/features/settings/system-settings.js';
import { createHttp, type HttpOptions } from '../../src/http/create-http.js';
import type { App } from '../../src/platform/app.js';
import { createKeyring } from '../../src/secrets/keyring.js';
import { personHashes } from '../../src/secrets/person-hashes.js';
import { oneConnection } from './one-connection.js';
import { AS_ADMIN, stageAccess } from './stage-access.js';

export const START = new Date('2026-11-20T15:00:00.000Z');

type Raised = Parameters<SecurityAlerts['raise']>[0];

/** The server's HTTP side over real stores in memory; time and phones are moved by hand, jobs run when asked to. */
export interface Stage {
  readonly app: App;
  readonly ports: HttpPorts;
  readonly time: VirtualTime;
  readonly crm: MockCrm;
  /** The dialer's own ports, for working on a row as a job does, and for doing it badly. */
  readonly dialer: DialerPorts;
  /** The rows, for changing them past the dialer. */
  readonly db: Kysely<Database>;
  /** What the dialer wrote into its journal. */
  readonly noted: JournalEntry[];
  readonly enrichment: MockEnrichment;
  /** What was announced since the last `forget`. */
  readonly announced: Announcement[];
  /** What was written into the audit log. */
  readonly audited: AuditEvent[];
  /** The alerts that were raised. */
  readonly raised: Raised[];
  /** What the log holds. */
  readonly logged: Record<string, unknown>[];
  /** Whether the server was asked to end. */
  stopping: boolean;
  capabilities: TelephonyCapabilities;
  /** Woken jobs that have not run yet, for seeing who was woken. */
  readonly woken: JobHint[];
  request(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS',
    url: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  /** Runs what was woken for now, until nothing is left; `only`: of that job. */
  settle(only?: JobHint['job']): Promise<void>;
  /** The provider tells something of a call; then everything that follows from it happens. */
  tell(callId: string, facts: CallFacts): Promise<void>;
  /** The provider sends something that cannot be read; it is tried once. */
  tellNonsense(): Promise<void>;
  addLead(more?: Record<string, unknown>): Promise<Lead>;
  /** An agent who sits at their page. */
  addAgent(name: string): Promise<string>;
  /** The agent closes the page. */
  closePage(agentId: string): Promise<void>;
  /** Who may come in, past the routes. */
  readonly accounts: Accounts;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: LightMyRequestResponse['headers'];
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers are asserted field by field, and checked against their schemas by the server.
  readonly body: any;
}

export interface StageOptions {
  /** Users sign in as on a real server; else the stage believes the header (`as`). */
  readonly realAccess?: boolean;
  readonly secureCookies?: boolean;
  readonly http?: Partial<HttpOptions>;
  readonly campaigns?: CampaignPorts;
  /** Left out: one in memory. */
  readonly database?: DatabaseLocation;
  /** Credentials that come from outside. */
  /** What keeps calls from being placed. */
  readonly missingCredentials?: string;
}

const FOR_EVER = new Date('2100-01-01T00:00:00.000Z');
/** The node that all pages of a stage are connected to. */
const PAGES = '0191f000-0000-7000-8000-00000000a6e5';

/** Signs the stage's access tokens. */
export const STAGE_KEY = new Uint8Array(32).fill(7);

const MANY_LINES: TelephonyCapabilities = {
  maxLinesPerAgent: 5,
  canHangUp: true,
  detectsMachines: true,
  returnsCallId: true,
  reportsAvailability: false,
  presenceBy: 'screen',
  reachesRealPhones: false,
};

export async function createStage(options: StageOptions = {}): Promise<Stage> {
  const database = await openDatabase(options.database ?? { dataDir: ':memory:' });
  const { db } = database;
  await migrate(db);
  const time = createVirtualTime(START);
  const clock = { now: () => time.now() };
  let counted = 0;
  const ids = {
    next: () => {
      counted += 1;
      return uuidv7({
        msecs: time.now().getTime(),
        seq: counted,
        random: Uint8Array.from({ length: 16 }, (_, at) => (counted + at * 7) % 256),
      });
    },
  };
  const woken: JobHint[] = [];
  const announced: Announcement[] = [];
  const noted: JournalEntry[] = [];
  const logged: Record<string, unknown>[] = [];
  const log = pino(
    { level: 'info' },
    { write: (line: string) => void logged.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const jobs = { wake: (hint: JobHint) => void woken.push(hint) };
  const announcements = { announce: (change: Announcement) => void announced.push(change) };

  const state = { stopping: false, capabilities: MANY_LINES };
  const telephony: Telephony = {
    name: 'stage',
    get capabilities() {
      return state.capabilities;
    },
    place: async (order) => ({ kind: 'accepted', providerCallId: `P-${order.callId}` }),
    hangUp: async () => ({ kind: 'done' }),
    lookUp: async () => ({ kind: 'unreachable', message: 'The stage has no carrier to ask.' }),
    availability: async () => ({ kind: 'ready' }),
    interpret: (payload) => interpret(payload as Told),
  };
  const connections = oneConnection(telephony, () => options.missingCredentials ?? null);
  const crm = createMockCrm({ db, clock });
  const enrichment = createMockEnrichment({ notFoundShare: 0 });
  const settings = createSystemSettings(createSettingsStore(db), clock);
  const allowedCountries = async () =>
    (await settings.current()).settings.imports.allowed_countries;
  const audited: AuditEvent[] = [];
  const audit = {
    append: async (event: AuditEvent) => void audited.push(event),
    appendIn: async (_tx: unknown, events: readonly AuditEvent[]) => {
      for (const event of events) await audit.append(event);
    },
  };
  const dialer: DialerPorts = {
    store: createDialerStore(db, { appendAudit: (tx, notes) => appendOrRefuse(audit, tx, notes) }),
    inbox: createProviderInbox(db),
    reconciliation: createReconciliationStore(db),
    presence: createPresenceStore(db),
    crm,
    crmSync: createCrmSyncStore(db),
    carriers: connections.connections,
    jobs,
    announcements,
    journal: { note: (entry) => void noted.push(entry) },
    clock,
    ids,
    prefixZones: new Map([['1', ['America/New_York']]]),
    crmRecords: async () => STANDARD_CRM_RECORDS,
    eventSerializer: createEventSerializer(),
    begunCalls: begunCalls(),
    stopwatchMs: () => clock.now().getTime(),
    unseenCalls: unseenCalls(() => clock.now().getTime()),
    allowedCountries,
  };
  const hashKey = Buffer.alloc(32, 7);
  const hashes = personHashes(hashKey);
  const queues = createQueueStore(db);
  const importStore = createImportStore(db);
  const imports = createImports({
    imports: importStore,
    queues,
    reader: readHere,
    hashKey,
    applyStep: createImportStepper(db, hashes),
    queueFilled: (queueId) => announcements.announce({ kind: 'queue', queueId }),
    defaultCountry: async () => (await settings.current()).settings.imports.default_country,
    allowedCountries,
    rowsAStep: 100,
    jobs,
    announcements,
    clock,
    ids,
    yieldToEventLoop: async () => undefined,
  });
  const inboxViews = createInboxViews(db);
  const agents = createAgentStore(db, clock);
  const keys = { accessTokens: STAGE_KEY, lookup: STAGE_KEY };
  const changes = createChanges(db, { audit, hashes, clock });
  const raised: Raised[] = [];
  const alerts = { raise: (alert: Raised) => void raised.push(alert) };
  const keyring = createKeyring('the key of a stage, which seals nothing that matters');
  const accounts = createAccounts({
    db,
    keyring,
    keys: { lookup: keys.lookup, accessTokens: () => keys.accessTokens },
    audit,
    changes,
    alerts,
    clock,
    ids,
  });
  const ports: HttpPorts = {
    dispositions: createDispositionSetStore(db),
    connectionStore: createConnectionStore(db),
    defaultConnection: null,
    storedCredentials: createStoredCredentials({ store: createSecretStore(db), keyring, clock }),
    webhookAddress: (connectionId) => `/webhooks/${connectionId}`,
    people: createPeople({
      store: createDataSubjectStore(db, { hashes, crm: createMockCrmPeople() }),
      audit,
      hashes,
      jobs,
      clock,
    }),
    access: options.realAccess ? accounts.access : stageAccess(agents),
    accounts,
    secureCookies: options.secureCookies ?? false,
    audit,
    changes,
    alerts,
    auditLog: createAuditLog(db, STAGE_KEY),
    clock,
    ids,
    jobs,
    announcements,
    settings,
    leads: createLeadStore(db, hashes),
    queues,
    queueItems: createQueueItemStore(db),
    agents,
    suppressions: createSuppressionStore(db),
    snapshot: createSnapshot(db),
    sessions: createSessionViews(db),
    calls: createCallViews(db),
    noteDrafts: createNoteDraftStore(db),
    history: createHistory(db),
    statistics: createStatistics(db),
    reports: createReportStore(db),
    providerEvents: inboxViews,
    dialer: {
      start: (input) => startSession(dialer, input),
      control: (sessionId, wish, actor, by) => controlSession(dialer, sessionId, wish, actor, by),
      changeQueueAccess: (storeAccess, change, by) =>
        changeQueueAccess({ ...dialer, storeAccess }, change, by),
      stepAway: (agentId, because, by) => stepAway(dialer, agentId, because, by),
      hangUp: (callId) => requestHangUp(dialer, callId),
      saveDisposition: (callId, said, author) => saveDisposition(dialer, callId, said, author),
      allowNumbers: (list, phones) => allowNumbers({ ...dialer, list }, phones),
      wakeQueues: (queueIds) => wakeQueues(dialer, queueIds),
    },
    ...connections,
    prefixZones: dialer.prefixZones,
    imports: {
      get: (importId) => importStore.get(importId),
      lines: (importId, filter, page) => importStore.lines(importId, filter, page),
      exportLines: (importId, filter) => importStore.exportLines(importId, filter),
      list: (page) => importStore.list(page),
      preview: (file, wishes, signal) => imports.preview(file, wishes, signal),
      start: (file, wishes, signal) => imports.start(file, wishes, signal),
      suppress: (file, wishes, signal) =>
        suppressFile(
          {
            reader: readHere,
            reading: createTurns(READING),
          },
          file,
          wishes,
          signal,
        ),
    },
    crmSync: dialer.crmSync,
    crmReadings: crm,
    crmFaults: crm,
    enrichment,
    campaigns: options.campaigns ?? NO_CAMPAIGNS,
    operations: {
      readiness: async () => ({
        status: state.stopping ? 'not_ready' : 'ready',
        version: '0.0.0',
        dependencies: { database: { status: 'ok', detail: null } },
      }),
      metrics: async () => ({
        contentType: 'text/plain; version=0.0.4; charset=utf-8',
        text: 'outdial_up 1\n',
      }),
      stopping: () => state.stopping,
    },
  };
  const app = await createHttp(ports, {
    log,
    version: '0.0.0',
    webRoot: '/nowhere',
    checkAnswers: true,
    ...options.http,
  });

  const handlers: Record<JobHint['job'], (id: string) => Promise<unknown>> = {
    'advance-session': (id) => advanceSession(dialer, id),
    'place-call': (id) => placeCall(dialer, id),
    'hang-up-call': (id) => hangUpCall(dialer, id),
    'check-call': async () => undefined,
    'process-event': (id) => processProviderEvent(dialer, id),
    'sync-call': (id) => syncCall(dialer, id),
    'run-import': (id) => imports.run(id),
  };
  async function settle(only?: JobHint['job']): Promise<void> {
    for (;;) {
      const at = woken.findIndex(
        ({ job, at: due }) =>
          (only === undefined || job === only) && (due === undefined || due <= time.now()),
      );
      const [hint] = at < 0 ? [] : woken.splice(at, 1);
      if (hint === undefined) return;
      await handlers[hint.job](hint.id);
    }
  }

  const request: Stage['request'] = async (method, url, body, headers = {}) => {
    const injected: InjectOptions = {
      method,
      url,
      headers: { authorization: AS_ADMIN, ...headers },
    };
    if (body !== undefined) injected.payload = body as NonNullable<InjectOptions['payload']>;
    const response = await app.inject(injected);
    const type = String(response.headers['content-type'] ?? '');
    return {
      status: response.statusCode,
      headers: response.headers,
      text: response.body,
      body: /json/.test(type) && response.body !== '' ? response.json() : undefined,
    };
  };

  let leads = 0;
  let told = 0;
  return {
    app,
    ports,
    time,
    crm,
    dialer,
    db,
    noted,
    enrichment,
    announced,
    audited,
    raised,
    accounts,
    logged,
    woken,
    get stopping() {
      return state.stopping;
    },
    set stopping(stopping) {
      state.stopping = stopping;
    },
    get capabilities() {
      return state.capabilities;
    },
    set capabilities(capabilities) {
      state.capabilities = capabilities;
    },
    request,
    settle,
    async tell(callId, facts) {
      told += 1;
      await receiveProviderEvent(dialer, {
        provider: telephony.name,
        dedupeKey: `told ${told}`,
        payload: { call_id: callId, facts },
      });
      await settle();
    },
    async tellNonsense() {
      told += 1;
      await receiveProviderEvent(dialer, {
        provider: telephony.name,
        dedupeKey: `told ${told}`,
        payload: { call_id: null },
      });
      await settle();
    },
    async addLead(more = {}) {
      leads += 1;
      const { body, status } = await request('POST', '/api/leads', {
        name: `Lead ${leads}`,
        phone_number: `+1202555${String(1000 + leads)}`,
        ...more,
      });
      expect(status).toBe(201);
      return (body as LeadResult).lead;
    },
    async addAgent(name) {
      const email = `${name.toLowerCase().replaceAll(' ', '.')}@example.com`;
      const { body, status } = await request('POST', '/api/agents', { name, email });
      expect(status).toBe(201);
      await time.advance(1);
      const { id } = (body as { agent: { id: string } }).agent;
      // They sit at their page, and stay there.
      await dialer.presence.seen(PAGES, [id], FOR_EVER);
      return id;
    },
    closePage: (agentId) => dialer.presence.left(PAGES, [agentId], time.now()),
    async close() {
      await app.close();
      await database.close();
    },
  };
}

interface Told {
  readonly call_id?: string | null;
  readonly facts: Record<string, string>;
}

const TIMES = ['ringingAt', 'answeredAt', 'endedAt'];

function interpret(payload: Told): ReturnType<Telephony['interpret']> {
  if (typeof payload.call_id !== 'string') throw new Error('An event that cannot be read.');
  const facts = Object.fromEntries(
    Object.entries(payload.facts).map(([name, value]) => [
      name,
      TIMES.includes(name) ? new Date(value) : value,
    ]),
  );
  const match = { callId: payload.call_id };
  return { kind: 'call', match, facts: facts as CallFacts, manualIfUnmatched: false };
}

/** The answer is a problem with this code; its detail is a sentence. */
export function expectProblem(answer: Answer, status: number, code: Problem['code']): Problem {
  expect({ status: answer.status, code: answer.body?.code, body: answer.text }).toMatchObject({
    status,
    code,
  });
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(answer.body).toMatchObject({ status, instance: answer.headers['x-request-id'] });
  expect(answer.body.detail).toMatch(/^[A-Z“"+].*[.]$/s);
  return answer.body as Problem;
}

export const UNKNOWN_ID = '0191f000-0000-7000-8000-00000000dead';

/** Of a carrier that has none. */
const NO_CAMPAIGNS: CampaignPorts = {
  find: async () => null,
  start: async () => ({ kind: 'has_no_campaigns', label: 'stage' }),
  end: async () => 'none',
};
