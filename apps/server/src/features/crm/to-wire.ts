import type { CrmActivityView, CrmContactView, CrmFaults } from '@outdial/kit';
import type * as wire from '@outdial/protocol';
import type { z } from 'zod';
import { iso } from '../../operations/to-time.js';

export const toWireCrmContact = (contact: CrmContactView): z.infer<typeof wire.CrmContact> => ({
  external_id: contact.externalId,
  lead_id: contact.leadId,
  name: contact.name,
  phone_number: contact.phone,
  email: contact.email,
  company: contact.company,
  job_title: contact.jobTitle,
  created_at: iso(contact.createdAt),
  updated_at: iso(contact.updatedAt),
});

export const toWireCrmActivity = (activity: CrmActivityView): wire.CrmActivity => ({
  id: activity.id,
  call_id: activity.callId,
  lead_id: activity.leadId,
  contact_external_id: activity.contactExternalId,
  type: 'CALL',
  outcome: activity.outcome,
  disposition: activity.disposition,
  notes: activity.notes,
  agent_name: activity.agentName,
  started_at: iso(activity.startedAt),
  ended_at: iso(activity.endedAt),
  talk_seconds: activity.talkSeconds,
  created_at: iso(activity.createdAt),
  updated_at: iso(activity.updatedAt),
});

export const toWireFaults = (faults: CrmFaults): wire.CrmFaults => ({
  down: faults.down ?? false,
  fail_rate: faults.failRate ?? 0,
  lose_answer_rate: faults.loseAnswerRate ?? 0,
});

export const fromWireFaults = (faults: wire.CrmFaults): CrmFaults => ({
  down: faults.down,
  failRate: faults.fail_rate,
  loseAnswerRate: faults.lose_answer_rate,
});
