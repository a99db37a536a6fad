import {
  allowNumbers,
  changeQueueAccess,
  controlSession,
  requestHangUp,
  saveDisposition,
  startSession,
  stepAway,
  wakeQueues,
} from '@outdial/core';
import { createDataSubjectStore } from '@outdial/postgres';
import { chooseConnection } from '../connections/choose-connection.js';
import { createReadiness } from '../features/health/readiness.js';
import type {
  DialerUseCases,
  HttpPorts,
  ImportPorts,
  OperationPorts,
} from '../features/http-ports.js';
import { suppressFile } from '../features/imports/suppression-files.js';
import { createPeople } from '../features/privacy/people.js';
import { ENRICHMENT } from '../integrations/find-integration.js';
import { webhookUrl } from '../webhooks/carrier-webhooks.js';
import type { OpenedDialer } from './open-dialer.js';
import type { OpenedWork } from './open-work.js';
import type { WorkNeeds } from './work-needs.js';

/** What the edge is made of: everything that was opened before it. */
export interface EdgeNeeds extends WorkNeeds {
  readonly work: OpenedWork;
}

/** What the routes need from the rest of the server. */
export function edgePorts(needs: EdgeNeeds): HttpPorts {
  const { config, stores: opened, security, dialer: dialing, work } = needs;
  const { stores, clock, ids, secrets, settings, database, hashes } = opened;
  const { connections, checks, jobs, crm } = dialing;
  const { accounts, live } = security;
  return {
    ...stores,
    ...security,
    clock,
    ids,
    jobs,
    settings,
    ...(crm.readings !== undefined && { crmReadings: crm.readings }),
    ...(crm.faults !== undefined && { crmFaults: crm.faults }),
    connectionStore: stores.connections,
    connections,
    connectionChecks: checks,
    chooseConnection: (wishes) => chooseConnection(connections, wishes, config.telephony.default),
    defaultConnection: config.telephony.default,
    webhookAddress: (connectionId) =>
      webhookUrl(config.http.publicUrl ?? '', connectionId, secrets.keys.webhookSegment),
    storedCredentials: security.credentials,
    access: accounts.access,
    announcements: live,
    providerEvents: stores.inboxViews,
    prefixZones: dialing.rules.prefixZones,
    campaigns: work.campaigns,
    secureCookies: config.http.publicUrl?.startsWith('https:') ?? false,
    people: createPeople({
      store: createDataSubjectStore(database.db, { hashes, crm: crm.people ?? null }),
      audit: opened.audit,
      hashes,
      jobs,
      clock,
      erased: () => live.forget(),
    }),
    enrichment: ENRICHMENT.open(),
    releaseHeld: (queueId) => stores.held.release(queueId, clock.now()),
    dialer: useCasesOf(dialing.dialer),
    imports: importPorts(needs),
    operations: operationPorts(needs),
  };
}

const useCasesOf = (dialer: OpenedDialer['dialer']): DialerUseCases => ({
  start: (input) => startSession(dialer, input),
  control: (sessionId, wish, actor, by) => controlSession(dialer, sessionId, wish, actor, by),
  changeQueueAccess: (storeAccess, change, by) =>
    changeQueueAccess({ ...dialer, storeAccess }, change, by),
  stepAway: (agentId, because, by) => stepAway(dialer, agentId, because, by),
  hangUp: (callId) => requestHangUp(dialer, callId),
  saveDisposition: (callId, said, author) => saveDisposition(dialer, callId, said, author),
  allowNumbers: (list, phones) => allowNumbers({ ...dialer, list }, phones),
  wakeQueues: (queueIds) => wakeQueues(dialer, queueIds),
});

function importPorts({ stores: { stores }, work: { imports, reader, reading } }: EdgeNeeds) {
  const ports: ImportPorts = {
    get: (importId) => stores.imports.get(importId),
    lines: (importId, filter, page) => stores.imports.lines(importId, filter, page),
    exportLines: (importId, filter) => stores.imports.exportLines(importId, filter),
    list: (page) => stores.imports.list(page),
    preview: (file, options, signal) => imports.preview(file, options, signal),
    start: (file, options, signal) => imports.start(file, options, signal),
    suppress: (file, options, signal) => suppressFile({ reader, reading }, file, options, signal),
  };
  return ports;
}

function operationPorts(needs: EdgeNeeds): OperationPorts {
  const { version, state, stores, telemetry, dialer } = needs;
  return {
    readiness: createReadiness({
      database: stores.database,
      connections: dialer.connections,
      version,
      serving: state.isServing,
      redis: stores.node.shared?.redis ?? null,
    }),
    metrics: async () => {
      const { contentType, body } = await telemetry.metrics.text();
      return { contentType, text: body };
    },
    stopping: state.isStopping,
  };
}
