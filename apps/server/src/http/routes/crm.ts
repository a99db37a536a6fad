import type { ReplayedCall } from '@outdial/core';
import type { MockCrm } from '@outdial/crm-mock';
import {
  CrmActivityList,
  CrmActivityQuery,
  CrmContactList,
  CrmContactQuery,
  CrmFaults,
  SyncCrm,
  SyncCrmResult,
} from '@outdial/protocol';
import type { HttpPorts } from '../http-ports.js';
import { type App, operation } from '../operation.js';
import { ProblemError } from '../problems.js';
import {
  fromWireFaults,
  toWireCrmActivity,
  toWireCrmContact,
  toWireFaults,
} from '../translate/crm.js';
import { fromWirePage, pageFields } from '../translate/page.js';

type Ports = Pick<HttpPorts, 'crmSync' | 'mockCrm' | 'calls' | 'clock' | 'jobs' | 'announcements'>;

export function crmRoutes(app: App, ports: Ports): void {
  app.post(
    '/api/crm/sync',
    {
      // A body is optional here.
      preValidation: async (request) => {
        request.body ??= {};
      },
      schema: operation(
        {
          id: 'syncCrm',
          tag: 'crm',
          summary: 'Replays the sync of these calls, else of every call that the CRM does not have',
          description:
            'Each call stays one activity, however often it is replayed. Live calls are left out.',
          errors: ['not_found'],
        },
        { body: SyncCrm, response: { 200: SyncCrmResult } },
      ),
    },
    async ({ body }) => {
      const calls =
        body.call_ids === undefined
          ? await replayAllThatMiss(ports)
          : await replayThese(ports, [...new Set(body.call_ids)]);
      return {
        message:
          calls === 0
            ? 'There is nothing to send: the CRM has every call.'
            : `${calls} ${calls === 1 ? 'call is' : 'calls are'} on the way to the CRM.`,
        calls,
      };
    },
  );

  const mockCrm = ports.mockCrm;
  if (mockCrm !== undefined) mockCrmRoutes(app, mockCrm);
}

async function replay(ports: Ports, call: { id: string; sessionId: string; agentId: string }) {
  const due = await ports.crmSync.replay(call.id, ports.clock.now());
  if (!due) return 0;
  wake(ports, { callId: call.id, sessionId: call.sessionId, agentId: call.agentId });
  return 1;
}

function wake({ jobs, announcements }: Ports, call: ReplayedCall): void {
  jobs.wake({ job: 'sync-call', id: call.callId });
  announcements.announce({ kind: 'call', ...call });
}

async function replayThese(ports: Ports, callIds: readonly string[]): Promise<number> {
  const calls = await Promise.all(callIds.map((callId) => ports.calls.get(callId)));
  const unknown = callIds.filter((_, at) => calls[at] === null);
  if (unknown.length > 0) {
    throw new ProblemError(
      'not_found',
      `There is no call with the id ${unknown.slice(0, 3).join(', ')}. Nothing was replayed; leave it out and try again.`,
    );
  }
  let replayed = 0;
  for (const call of calls) if (call !== null) replayed += await replay(ports, call);
  return replayed;
}

/** So many are woken and shown at once. The rest is due as well: the sweeper wakes it, and each is shown when it is through. */
const AT_ONCE = 500;

async function replayAllThatMiss(ports: Ports): Promise<number> {
  const { count, oldest } = await ports.crmSync.replayAll(ports.clock.now(), AT_ONCE);
  for (const call of oldest) wake(ports, call);
  return count;
}

/** Not the CRM's API, but a window into the one that comes with Outdial. */
function mockCrmRoutes(app: App, crm: MockCrm): void {
  app.get(
    '/api/mock-crm/contacts',
    {
      schema: operation(
        {
          id: 'listMockCrmContacts',
          tag: 'mock-crm',
          summary: 'Contacts, the newest first',
          errors: ['invalid_cursor'],
        },
        { querystring: CrmContactQuery, response: { 200: CrmContactList } },
      ),
    },
    async ({ query }) => {
      const page = await crm.listContacts({ ...fromWirePage(query), q: query.q });
      return { contacts: page.rows.map(toWireCrmContact), ...pageFields(page) };
    },
  );

  app.get(
    '/api/mock-crm/activities',
    {
      schema: operation(
        {
          id: 'listMockCrmActivities',
          tag: 'mock-crm',
          summary: 'Activities, the newest first',
          errors: ['invalid_cursor'],
        },
        { querystring: CrmActivityQuery, response: { 200: CrmActivityList } },
      ),
    },
    async ({ query }) => {
      const { lead_id: leadId, call_id: callId } = query;
      const page = await crm.listActivities({ ...fromWirePage(query), leadId, callId });
      return { activities: page.rows.map(toWireCrmActivity), ...pageFields(page) };
    },
  );

  app.get(
    '/api/mock-crm/faults',
    {
      schema: operation(
        { id: 'getMockCrmFaults', tag: 'mock-crm', summary: 'What goes wrong at the moment' },
        { response: { 200: CrmFaults } },
      ),
    },
    async () => toWireFaults(await crm.faults()),
  );

  app.put(
    '/api/mock-crm/faults',
    {
      schema: operation(
        {
          id: 'setMockCrmFaults',
          tag: 'mock-crm',
          summary: 'Lets it fail on purpose',
          description: 'Every node follows within a second, until other faults are set.',
        },
        { body: CrmFaults, response: { 200: CrmFaults } },
      ),
    },
    async ({ body }) => {
      await crm.setFaults(fromWireFaults(body));
      return toWireFaults(await crm.faults());
    },
  );
}
