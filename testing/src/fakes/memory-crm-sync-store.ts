import type { CompletedCall, CrmSync, CrmSyncStore, Lead } from '@outdial/core';
import type { MemoryState } from './memory-state.js';

/** `CrmSyncStore` over a `MemoryState`. */
export function createMemoryCrmSyncStore(state: MemoryState): CrmSyncStore {
  const completed = (callId: string): CompletedCall | null => {
    const call = state.calls.get(callId);
    return call?.state === 'COMPLETED' ? call : null;
  };
  const put = (call: CompletedCall, crm: Partial<CrmSync>): void =>
    state.putCall({ ...call, crm: { ...call.crm, ...crm } });

  return {
    async claim(callId, now, leaseUntil) {
      const call = completed(callId);
      if (call === null || call.crm.dueAt === null || call.crm.dueAt > now) return null;
      put(call, { dueAt: leaseUntil });
      return {
        callId,
        sessionId: call.sessionId,
        agentId: call.agentId,
        revision: call.crm.revision,
        attempts: call.crm.attempts,
        lead: state.leads.get(call.leadId) ?? leadOfCall(call, state.leadNames.get(callId) ?? ''),
        call: {
          outcome: call.outcome,
          agentDisposition: call.disposition?.label ?? null,
          agentNote: call.disposition?.notes ?? null,
          cancelReason: call.cancellation?.reason ?? null,
          reason: call.reason,
          hasActivity: call.crm.activityId !== null,
          agentName: state.agents.get(call.agentId)?.name ?? '',
          startedAt: call.dialedAt ?? call.queuedAt,
          endedAt: call.endedAt,
          talkSeconds: call.talkSeconds,
        },
      };
    },

    async synced(callId, { revision, activityId, contactExternalId }, now) {
      const call = completed(callId);
      if (call === null) return;
      const lead = state.leads.get(call.leadId);
      if (lead !== undefined && lead.crmExternalId !== contactExternalId) {
        state.putLead({ ...lead, crmExternalId: contactExternalId });
      }
      const inStep = call.crm.revision === revision;
      put(call, {
        activityId,
        state: inStep ? 'SYNCED' : 'PENDING',
        dueAt: inStep ? null : now,
        lastError: null,
      });
    },

    async failed(callId, { revision, error, dueAt }) {
      const call = completed(callId);
      if (call?.crm.revision !== revision) return;
      put(call, { state: 'FAILED', attempts: call.crm.attempts + 1, lastError: error, dueAt });
    },

    async notLogged(callId, { revision }, now) {
      const call = completed(callId);
      if (call === null) return;
      const inStep = call.crm.revision === revision;
      put(call, {
        state: inStep ? 'NOT_LOGGED' : 'PENDING',
        dueAt: inStep ? null : now,
        lastError: null,
      });
    },

    async replay(callId, now) {
      const call = completed(callId);
      if (call === null) return false;
      put(call, { state: 'PENDING', attempts: 0, dueAt: now });
      return true;
    },

    async replayAll(now, show) {
      const missing = [...state.calls.values()]
        .filter((call): call is CompletedCall => call.state === 'COMPLETED')
        .filter(({ crm }) => crm.state === 'PENDING' || crm.state === 'FAILED')
        .sort((a, b) => a.endedAt.getTime() - b.endedAt.getTime() || (a.id < b.id ? -1 : 1));
      for (const call of missing) put(call, { state: 'PENDING', attempts: 0, dueAt: now });
      const oldest = missing
        .slice(0, show)
        .map(({ id: callId, sessionId, agentId }) => ({ callId, sessionId, agentId }));
      return { count: missing.length, oldest };
    },
  };
}

/** The lead was deleted before its call reached the CRM. */
const leadOfCall = (call: CompletedCall, name: string): Lead => ({
  id: call.leadId,
  name,
  jobTitle: null,
  phone: call.phone,
  company: null,
  email: null,
  headcount: null,
  industry: null,
  timeZone: null,
  score: 0,
  enrichment: null,
  crmExternalId: null,
  createdAt: call.queuedAt,
  updatedAt: call.queuedAt,
});
