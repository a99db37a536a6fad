import { addMs, CRM_LEASE_MS } from '../call/deadlines.js';
import { crmDelayAfter } from '../crm/crm-back-off.js';
import { recordOf } from '../crm/crm-records.js';
import { CrmError } from '../ports/crm.js';
import type { DialerPorts } from './dialer-ports.js';

/**
 * Brings one completed call into the CRM (P6), where calls of its outcome are logged. Both requests are idempotent by call id, so a lost answer, a second
 * worker or a replay write nothing twice. Failures stay in sight and are retried with growing delays.
 */
export async function syncCall(
  {
    crm,
    crmSync,
    clock,
    crmRecords,
    jobs,
    announcements,
    journal,
  }: Pick<
    DialerPorts,
    'crm' | 'crmSync' | 'crmRecords' | 'clock' | 'jobs' | 'announcements' | 'journal'
  >,
  callId: string,
): Promise<'synced' | 'not_logged' | 'failed' | 'not_due'> {
  const now = clock.now();
  const job = await crmSync.claim(callId, now, addMs(now, CRM_LEASE_MS));
  if (job === null) return 'not_due';
  const { sessionId, agentId, revision } = job;
  const announce = (): void => announcements.announce({ kind: 'call', callId, sessionId, agentId });
  try {
    const record = recordOf(job.call, await crmRecords());
    if (record === null) {
      await crmSync.notLogged(callId, { revision }, clock.now());
      announce();
      return 'not_logged';
    }
    const { externalId } = await crm.upsertContact(job.lead);
    const { outcome, agentName, startedAt, endedAt, talkSeconds } = job.call;
    const { activityId } = await crm.putActivity({
      callId,
      outcome,
      ...record,
      agentName,
      startedAt,
      endedAt,
      talkSeconds,
      contactExternalId: externalId,
    });
    await crmSync.synced(
      callId,
      { revision, activityId, contactExternalId: externalId },
      clock.now(),
    );
    announce();
    journal.note({
      level: 'info',
      event: 'crm synced',
      callId,
      details: { activity_id: activityId },
    });
    return 'synced';
  } catch (error) {
    const final = error instanceof CrmError && !error.mayTryAgain;
    const failures = job.attempts + 1;
    const dueAt = final ? null : addMs(clock.now(), crmDelayAfter(failures));
    const message = error instanceof Error ? error.message : String(error);
    await crmSync.failed(callId, { revision, error: message, dueAt });
    announce();
    journal.note({
      level: final ? 'error' : 'warn',
      event: 'crm sync failed',
      callId,
      details: { failures, message, given_up: final },
    });
    if (dueAt !== null) jobs.wake({ job: 'sync-call', id: callId, at: dueAt });
    return 'failed';
  }
}
