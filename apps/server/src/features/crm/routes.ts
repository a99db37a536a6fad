import type { ReplayedCall } from '@outdial/core';
import type { CrmFaultSwitch, CrmReadings } from '@outdial/kit';
import { operations } from '@outdial/protocol';
import { type Handled, handle } from '../../operations/handle.js';
import { fromWirePage, pageFields } from '../../operations/to-page.js';
import { Refusal } from '../../platform/refusal.js';
import type { HttpPorts } from '../http-ports.js';
import { fromWireFaults, toWireCrmActivity, toWireCrmContact, toWireFaults } from './to-wire.js';

type Ports = Pick<
  HttpPorts,
  'crmSync' | 'crmReadings' | 'crmFaults' | 'calls' | 'clock' | 'jobs' | 'announcements'
>;

export function crmHandlers(ports: Ports): readonly Handled[] {
  return [
    handle(operations.crm.sync, async ({ body }) => {
      const calls =
        body?.call_ids === undefined
          ? await replayAllThatMiss(ports)
          : await replayThese(ports, [...new Set(body.call_ids)]);
      return {
        message:
          calls === 0
            ? 'There is nothing to send: the CRM has every call.'
            : `${calls} ${calls === 1 ? 'call is' : 'calls are'} on the way to the CRM.`,
        calls,
      };
    }),

    ...(ports.crmReadings === undefined ? [] : readingHandlers(ports.crmReadings)),
    ...(ports.crmFaults === undefined ? [] : faultHandlers(ports.crmFaults)),
  ];
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
    throw new Refusal(
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

/** A window into a CRM that shows what it holds. */
function readingHandlers(crm: CrmReadings): readonly Handled[] {
  return [
    handle(operations.crm.contacts, async ({ query }) => {
      const page = await crm.listContacts({ ...fromWirePage(query), q: query.q });
      return { contacts: page.rows.map(toWireCrmContact), ...pageFields(page) };
    }),

    handle(operations.crm.activities, async ({ query }) => {
      const { lead_id: leadId, call_id: callId } = query;
      const page = await crm.listActivities({ ...fromWirePage(query), leadId, callId });
      return { activities: page.rows.map(toWireCrmActivity), ...pageFields(page) };
    }),
  ];
}

function faultHandlers(crm: CrmFaultSwitch): readonly Handled[] {
  return [
    handle(operations.crm.faults, async () => toWireFaults(await crm.faults())),

    handle(operations.crm.setFaults, async ({ body }) => {
      await crm.setFaults(fromWireFaults(body));
      return toWireFaults(await crm.faults());
    }),
  ];
}
