import {
  type Announcements,
  type Clock,
  controlSession,
  type DialerPorts,
  eventTurns,
  type Ids,
  lookUpLiveCalls,
  receiveProviderEvent,
  recover,
  rememberedOffsets,
  requestHangUp,
  saveDisposition,
  startSession,
  stepAway,
} from '@outdial/core';
import { createMockCrm, createMockCrmPeople } from '@outdial/crm-mock';
import { createMockEnrichment } from '@outdial/enrichment-mock';
import { loadPrefixZones } from '@outdial/phone-zones';
import {
  countGrownTables,
  createAgentStore,
  createCallViews,
  createCampaignStore,
  createCrmSyncStore,
  createDialerStore,
  createHeldItemStore,
  createHistory,
  createImportStepper,
  createImportStore,
  createInboxViews,
  createLeadStore,
  createPeopleStore,
  createPresenceStore,
  createProviderInbox,
  createQueueItemStore,
  createQueueStore,
  createReconciliationStore,
  createReportStore,
  createRetention,
  createScheduledWorkStore,
  createSessionViews,
  createSettingsStore,
  createStatistics,
  createSuppressionStore,
  type DatabaseTaken,
  fillPersonHashes,
  freeCrmLeases,
  inTurn,
  migrate,
  openDatabase,
  readStillKnown,
  tidyEmbedded,
} from '@outdial/postgres';
import { AIRCALL } from '@outdial/telephony-aircall';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { createSecurityAlerts } from './access/security-alerts.js';
import { whoChanged } from './access/still-good.js';
import { createAccounts } from './accounts/accounts.js';
import { createFirstAccounts, type FirstAccount } from './accounts/first-accounts.js';
import { createPasswords } from './accounts/passwords.js';
import { createAuditLog } from './audit/audit-log.js';
import { createAuditTrail } from './audit/create-audit-trail.js';
import { noteAuditHead } from './audit/note-head.js';
import type { Config } from './config/read-config.js';
import { createHttp } from './http/create-http.js';
import type { HttpPorts } from './http/http-ports.js';
import { ROWS_A_STEP } from './imports/go-through.js';
import { createImports } from './imports/imports.js';
import { dailyWorks } from './jobs/daily-works.js';
import { jobHandlers } from './jobs/handlers.js';
import { createScheduledWork } from './jobs/scheduled-work.js';
import { createSweeping } from './jobs/sweeping.js';
import { createTicker } from './jobs/ticker.js';
import { createJournal } from './journal.js';
import { limitHandshakes } from './live/limit-handshakes.js';
import { createLive, type Live } from './live/live.js';
import { openLiveLog } from './live/open-live-log.js';
import { createPresence, type Presence } from './live/presence.js';
import { createMetrics } from './metrics.js';
import { joinNodes } from './nodes/join-nodes.js';
import { openJobs } from './nodes/open-jobs.js';
import { createHandshakeLimiter, createRequestLimiters } from './nodes/request-limiters.js';
import { orderedIds } from './ordered-ids.js';
import { findingNumbers, withoutPersonalData } from './people/audited-people.js';
import { createPeople } from './people/people.js';
import { createCampaigns } from './providers/campaigns.js';
import { openProvider } from './providers/open-provider.js';
import { createReadiness } from './readiness.js';
import { seedSampleData } from './sample-data/seed.js';
import { credentialsOfEnvironment } from './secrets/aircall-credentials.js';
import { createCredentials } from './secrets/credentials.js';
import { openSecrets } from './secrets/open-secrets.js';
import { personHashes } from './secrets/person-hashes.js';
import { type CurrentSettings, createSystemSettings } from './settings/system-settings.js';
import { openTracing } from './tracing/tracing.js';
import { aircallWebhook, aircallWebhookUrl } from './webhooks/aircall-webhook.js';
import { watchRefusedWebhooks } from './webhooks/refused-webhooks.js';

export interface ServerOptions {
  readonly log: Logger;
  readonly webRoot: string;
  readonly version: string;
  /** Goes around all that the dialer asks of the outside: traces, and the faults that tests cause. */
  readonly around?: (ports: DialerPorts) => DialerPorts;
  /** Told when another node took this one's place at the database: this one must end. */
  readonly onLost?: (error: DatabaseTaken) => void;
}

/** The whole program, made and not yet running. */
export interface Server {
  /** Whom this start made, with the passwords that are shown this once; none but at the first start. */
  readonly firstAccounts: readonly FirstAccount[];
  /** Recovers, listens, and answers the address. */
  start(): Promise<string>;
  /** Stops placing, lets live calls end within `graceMs`, then lets go of everything in reverse order. Safe twice. */
  close(graceMs?: number): Promise<void>;
  /** How many calls are live: what a person who stops the server wants to know. */
  liveCalls(): Promise<number>;
}

const FOLLOW_SETTINGS_EVERY = 5_000;
const SCHEDULED_WORK_EVERY = 60_000;
const COUNT_TABLES_EVERY = 60_000;
const CHECK_WEBHOOK_EVERY = 5 * 60_000;
const CHECK_CAMPAIGNS_EVERY = 30_000;
const FILL_HASHES_EVERY = 60_000;
const LOOK_FOR_LIVE_CALLS_EVERY = 250;

/** Wires everything, top to bottom. Throws when the database cannot be opened. */
export async function createServer(
  config: Config,
  { log, webRoot, version, ...options }: ServerOptions,
): Promise<Server> {
  // The database, and what is kept in it.
  const database = await openDatabase(
    config.database.kind === 'server'
      ? { url: config.database.url }
      : { dataDir: config.database.dataDir },
  );
  const { db } = database;

  // The place among the nodes, the time that they agree on, and what they share. A node that is refused changes nothing.
  const node = await joinNodes(config, {
    database,
    log,
    lost: (error) => options.onLost?.(error),
    prepare: async () => {
      const migrated = await migrate(db);
      if (migrated.applied.length > 0) {
        log.info({ migrations: migrated.applied }, 'database migrated');
      }
      if (migrated.unknown.length > 0) {
        log.warn({ migrations: migrated.unknown }, 'a newer release has been at work here');
      }
    },
  }).catch(async (error: unknown) => {
    await database.close();
    throw error;
  });
  const { timers } = node;
  const clock: Clock = timers;
  const ids: Ids = orderedIds(clock);
  const works = config.role !== 'api';
  const serves = config.role !== 'worker';
  const secrets = await openSecrets(config, db, clock);
  const hashes = personHashes(secrets.keys.lookup);
  const stores = {
    agents: createAgentStore(db),
    leads: createLeadStore(db, hashes),
    queues: createQueueStore(db),
    queueItems: createQueueItemStore(db),
    held: createHeldItemStore(db),
    suppressions: createSuppressionStore(db),
    imports: createImportStore(db),
    reports: createReportStore(db),
    inbox: createProviderInbox(database.dialing),
    inboxViews: createInboxViews(db),
    dialer: createDialerStore(database.dialing),
    crmSync: createCrmSyncStore(database.dialing),
    scheduledWork: createScheduledWorkStore(db),
    reconciliation: createReconciliationStore(database.dialing),
    presence: createPresenceStore(db),
  };
  const settings = createSystemSettings(createSettingsStore(db), clock);
  const audit = withoutPersonalData(
    createAuditTrail(db, { clock, key: secrets.keys.audit, log }),
    hashes,
  );
  const credentials = createCredentials({
    store: secrets.store,
    keyring: secrets.keyring,
    environment: credentialsOfEnvironment(config),
    clock,
  });
  // All or nothing, so that a start that is cut short does not leave a newcomer without leads.
  const seeded = await inTurn(db, (tx) =>
    seedSampleData(
      {
        agents: createAgentStore(tx),
        leads: createLeadStore(tx, hashes),
        queues: createQueueStore(tx),
      },
      { clock, ids, withLeads: config.telephony.provider === 'simulator' },
    ),
  );
  if (seeded.agents > 0) log.info(seeded, 'sample data created');
  const passwords = createPasswords();

  // What watches, and what wakes.
  const metrics = createMetrics({
    readDatabase: () => stores.inboxViews.gauges(clock.now()),
    log,
    node: {
      version,
      role: config.role,
      provider: config.telephony.provider,
      database: database.kind,
    },
  });
  const journal = createJournal(log, metrics);
  const tracing = await openTracing(config.tracing, { clock, version, log });
  let stopping = false;
  const ending = new AbortController();
  let started = false;
  const live: { current: Live } = {
    current: {
      announce: () => undefined,
      alert: () => undefined,
      readers: () => 0,
      dismissReaders: () => undefined,
      close: async () => undefined,
    },
  };
  const announcements: Announcements = { announce: (change) => live.current.announce(change) };
  const alerts = createSecurityAlerts({
    clock,
    log,
    count: (kind) => metrics.alertRaised(kind),
    tell: (alert) => live.current.alert(alert),
  });
  /** From here on what a job changes is told to whoever watches. */
  let isReady = (): void => undefined;
  const ready = new Promise<void>((resolve) => {
    isReady = resolve;
  });
  const jobs = openJobs({
    works,
    shared: node.shared,
    timers,
    handlers: jobHandlers({
      ready,
      dialer: () => dialer,
      runImport: (importId) => imports.run(importId),
      stopping: () => stopping,
      metrics,
      tracing,
    }),
    onError: (error, hint) => log.error({ job: hint.job, id: hint.id, err: error }, 'job failed'),
    onTrouble: (error) => log.warn({ err: error }, 'shared jobs: Redis did not do its part'),
  });
  metrics.follow({
    jobs: () => jobs.counts(),
    connections: () => database.connections(),
    readers: () => live.current.readers(),
  });

  // Who carries the calls.
  const provider = await openProvider(config, {
    settings,
    credentials,
    timers,
    log,
    shared: node.shared,
    watch: metrics.provider,
    webhookSegment: secrets.keys.webhookSegment,
    receive: async (event) => {
      await receiveProviderEvent(dialer, { provider: provider.telephony.name, ...event });
    },
  });
  const { telephony } = provider;
  const missingCredentials = async (): Promise<string | null> =>
    (await provider.aircall?.missing()) ?? null;
  const mockCrm = createMockCrm({ db, clock });
  const prefixZones = await loadPrefixZones();
  const around = options.around ?? ((ports: DialerPorts) => ports);
  // Whoever goes around on behalf of a test is innermost, so that traces and metrics see what it does.
  const decorated = (ports: DialerPorts) => tracing.around(metrics.around(around(ports)));
  const dialer = decorated({
    store: stores.dialer,
    inbox: stores.inbox,
    reconciliation: stores.reconciliation,
    presence: stores.presence,
    crm: mockCrm,
    crmSync: stores.crmSync,
    telephony,
    jobs,
    announcements,
    journal,
    clock,
    ids,
    prefixZones,
    eventTurns: eventTurns(),
    offsets: rememberedOffsets(),
  });

  const sessionViews = createSessionViews(db);
  const wakeSessionsOf = async (queueId: string): Promise<void> => {
    announcements.announce({ kind: 'queue', queueId });
    const open = await sessionViews.list({ queueId, status: 'RUNNING' }, { limit: 200 });
    for (const { id } of open.rows) jobs.wake({ job: 'advance-session', id });
  };
  const queueFilled = (queueId: string): void => {
    wakeSessionsOf(queueId).catch((error: unknown) => {
      log.error({ queue_id: queueId, err: error }, 'waiting sessions could not be woken');
    });
  };
  const imports = createImports({
    imports: stores.imports,
    queues: stores.queues,
    applyStep: createImportStepper(db, hashes),
    queueFilled,
    defaultCountry: async () => (await settings.current()).settings.imports.default_country,
    jobs,
    announcements,
    clock,
    ids,
    breathe: () => new Promise((resolve) => setImmediate(resolve)),
    rowsAStep: ROWS_A_STEP[database.kind],
  });

  // Calling hours that changed may set leads free that were held by the old ones.
  const windowOf = (current: CurrentSettings): string =>
    JSON.stringify(current.settings.dialing.calling_window);
  let window = windowOf(await settings.current());
  settings.onChange((current) => {
    if (windowOf(current) === window) return;
    window = windowOf(current);
    void stores.held.release(null, clock.now()).catch((error: unknown) => {
      log.error({ err: error }, 'held leads could not be released');
    });
  });

  const campaigns =
    provider.aircall === null
      ? undefined
      : createCampaigns({
          campaigns: provider.aircall.telephony.campaigns,
          provider: AIRCALL,
          store: createCampaignStore(db),
          agents: stores.agents,
          queues: stores.queues,
          dialingFor: (queue) => settings.dialingFor(queue),
          prefixZones,
          queueFilled,
          clock,
          ids,
        });

  // What people and providers talk to.
  const accounts = createAccounts({
    db,
    keyring: secrets.keyring,
    keys: secrets.keys,
    audit,
    alerts,
    clock,
    ids,
    passwords,
  });
  const readiness = createReadiness({
    database,
    provider,
    config,
    version,
    serving: () => started && !stopping,
    redis: node.shared?.redis ?? null,
  });
  const auditLog = createAuditLog(db, secrets.keys.audit);
  const ports: HttpPorts = {
    auditLog: {
      ...auditLog,
      list: (filter, page) => auditLog.list(findingNumbers(filter, hashes), page),
    },
    credentials,
    missingCredentials,
    webhookUrl:
      provider.aircall === null
        ? null
        : aircallWebhookUrl(config.http.publicUrl ?? '', secrets.keys.webhookSegment),
    people: createPeople({
      store: createPeopleStore(db, { hashes, crm: createMockCrmPeople() }),
      hashes,
      jobs,
      clock,
    }),
    access: accounts.access,
    accounts,
    secureCookies: config.http.publicUrl?.startsWith('https:') ?? false,
    audit,
    alerts,
    clock,
    ids,
    jobs,
    announcements,
    settings,
    leads: stores.leads,
    queues: stores.queues,
    queueItems: stores.queueItems,
    agents: stores.agents,
    suppressions: stores.suppressions,
    sessions: sessionViews,
    calls: createCallViews(db),
    history: createHistory(db),
    statistics: createStatistics(db),
    reports: stores.reports,
    providerEvents: stores.inboxViews,
    dialer: {
      start: (input) => startSession(dialer, input),
      control: (sessionId, wish) => controlSession(dialer, sessionId, wish),
      stepAway: (agentId, because) => stepAway(dialer, agentId, because),
      hangUp: (callId) => requestHangUp(dialer, callId),
      saveDisposition: (callId, said) => saveDisposition(dialer, callId, said),
    },
    telephony,
    imports: {
      get: (importId) => stores.imports.get(importId),
      errors: (importId, page) => stores.imports.errors(importId, page),
      list: (page) => stores.imports.list(page),
      preview: (file) => imports.preview(file),
      start: (file, options) => imports.start(file, options),
    },
    releaseHeld: (queueId) => stores.held.release(queueId, clock.now()),
    crmSync: stores.crmSync,
    mockCrm,
    enrichment: createMockEnrichment({ notFoundShare: 0 }),
    campaigns,
    operations: {
      readiness,
      metrics: async () => {
        const { contentType, body } = await metrics.text();
        return { contentType, text: body };
      },
      stopping: () => stopping,
    },
  };
  const refusedWebhooks = watchRefusedWebhooks({ audit, alerts, timers, log });
  const http: FastifyInstance = await createHttp(ports, {
    log,
    webRoot,
    version,
    publicUrl: config.http.publicUrl,
    trustProxy: config.http.trustProxy,
    operationsOnly: !serves,
    corsOrigins: config.http.corsOrigins,
    limiters: await createRequestLimiters(node.shared, config.http),
    served: (route, method, status, seconds) =>
      metrics.requestServed(route, method, status, seconds),
    watch: (app) => tracing.requests(app),
    plugins:
      provider.aircall === null || !serves
        ? []
        : [
            aircallWebhook({
              segment: secrets.keys.webhookSegment,
              tokens: provider.aircall.webhookTokens,
              tokensWithoutSegment: provider.aircall.webhookTokensWithoutSegment,
              learnTokens: provider.aircall.learnWebhookTokens,
              receive: (event) => receiveProviderEvent(dialer, { provider: AIRCALL, ...event }),
              refused: (because, request) => refusedWebhooks.refused(because, request.ip),
            }),
          ],
  });

  // What comes back by itself.
  const scheduled = createScheduledWork(
    [
      ...dailyWorks({
        reports: stores.reports,
        retention: createRetention(db),
        accounts,
        settings,
        tidy: database.kind === 'embedded' ? () => tidyEmbedded(db) : null,
      }),
      noteAuditHead(auditLog, log),
    ],
    { store: stores.scheduledWork, clock, log },
  );
  const checkWebhook = async (): Promise<void> => {
    const checked = await provider.aircall?.checkWebhook();
    if (checked?.missed) await lookUpLiveCalls(dialer);
  };
  const checkCampaigns = async (): Promise<void> => campaigns?.withdrawSuppressed();
  const tickers = [createTicker('webhook check', CHECK_WEBHOOK_EVERY, checkWebhook, log)];
  /** What another node saved counts here too: hours that held leads, and how simulated phones behave. */
  const followSettings = async (): Promise<void> => void (await settings.current());
  const fillHashes = async (): Promise<void> => {
    const filled = await fillPersonHashes(db, hashes, { signal: ending.signal });
    if (filled > 0) log.info({ leads: filled }, 'leads are findable by their hashes now');
  };
  const sweeping = createSweeping({ dialer, turns: stores.scheduledWork, clock, log });
  if (database.kind === 'embedded') {
    const count = async (): Promise<void> => void (await countGrownTables(db));
    tickers.push(createTicker('count of grown tables', COUNT_TABLES_EVERY, count, log));
  }
  if (works) {
    tickers.push(
      ...sweeping.tickers,
      createTicker('settings', FOLLOW_SETTINGS_EVERY, followSettings, log),
      createTicker('scheduled work', SCHEDULED_WORK_EVERY, () => scheduled.runDue(), log),
      createTicker('person hashes', FILL_HASHES_EVERY, fillHashes, log),
      createTicker('campaign check', CHECK_CAMPAIGNS_EVERY, checkCampaigns, log),
    );
  }
  /**
   * What a crash or a stop left behind. Where other nodes work already they have seen to it, and hundreds of look-ups at each
   * restart would use the provider's patience up; the simulated network, though, is in this very process.
   */
  async function goOn(): Promise<void> {
    if (node.first) await freeCrmLeases(db, clock.now());
    if (node.first || !telephony.capabilities.reachesRealPhones) {
      const recovered = await recover(dialer);
      if (recovered.calls + recovered.sessions > 0) log.info(recovered, 'went on where it stopped');
    }
    await sweeping.sweepNow();
  }

  /** Placed and not over. What is only queued waits for the next start. */
  const liveCalls = async (): Promise<number> => {
    const { DIALING, RINGING, IN_PROGRESS } = (await stores.inboxViews.gauges(clock.now()))
      .liveCalls;
    return DIALING + RINGING + IN_PROGRESS;
  };
  // Credentials that somebody set count at once: also the webhook, which is registered with them.
  const stopFollowing = credentials.onChange(() => {
    checkWebhook().catch((error: unknown) => {
      log.warn({ err: error }, 'the webhook could not be checked with the new credentials');
    });
  });
  let presence: Presence | undefined;
  let closing: Promise<void> | undefined;

  /** Real phones' events reach whichever node works; those of the simulated network are told by the one that placed. */
  async function othersTakeOver(): Promise<boolean> {
    if (node.shared === null || !telephony.capabilities.reachesRealPhones) return false;
    const others = works ? 1 : 0;
    return (await node.shared.countWorkingNodes().catch(() => 0)) > others;
  }

  async function shutDown(graceMs: number): Promise<void> {
    stopping = true;
    isReady();
    ending.abort();
    stopFollowing();
    imports.close();
    await jobs.stopPlacing();
    const until = clock.now().getTime() + ((await othersTakeOver()) ? 0 : graceMs);
    while (clock.now().getTime() < until && (await liveCalls()) > 0) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_FOR_LIVE_CALLS_EVERY));
    }
    live.current.dismissReaders();
    await presence?.close();
    await http.close();
    await refusedWebhooks.close();
    await Promise.all(tickers.map((ticker) => ticker.close()));
    await provider.close();
    await jobs.close();
    // What the last jobs changed is told before.
    await live.current.close();
    await tracing.close();
    await node.leave();
    await database.close();
  }

  // Last, as their passwords are shown this once: whatever fails at the start has failed before.
  const firstAccounts = await createFirstAccounts(db, config, { passwords, audit, clock, ids });

  return {
    firstAccounts,
    async start() {
      if (serves) {
        presence = createPresence({
          store: stores.presence,
          agents: stores.agents,
          clock,
          timers,
          log,
        });
      }
      live.current = createLive(serves ? http.server : null, {
        events: await openLiveLog(node.shared, log),
        webSocketsOnly: node.shared !== null,
        sessions: sessionViews,
        calls: ports.calls,
        agents: stores.agents,
        queues: stores.queues,
        imports: stores.imports,
        clock,
        log,
        publicUrl: config.http.publicUrl,
        corsOrigins: config.http.corsOrigins,
        refuseHandshake: limitHandshakes({
          limiter: await createHandshakeLimiter(node.shared, config.http),
          trustProxy: config.http.trustProxy,
          log,
        }),
        presence,
        access: ports.access,
        whoChanged: (principals) =>
          whoChanged({ read: (asked) => readStillKnown(db, asked, clock.now()) }, principals),
      });
      isReady();
      const address = await http.listen({ port: config.http.port, host: config.http.host });
      provider.start();
      await scheduled.plan();
      // With the webhook in order first: whatever it missed, recovery looks up.
      await checkWebhook();
      const missing = await missingCredentials();
      if (missing !== null) log.warn({ missing }, 'calls cannot be placed yet');
      if (works) await goOn();
      for (const ticker of tickers) ticker.start();
      started = true;
      return address;
    },
    close(graceMs = 0) {
      closing ??= shutDown(graceMs);
      return closing;
    },
    liveCalls,
  };
}
