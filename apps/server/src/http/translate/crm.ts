import type { CrmFaults, MockActivity, MockContact } from '@outdial/crm-mock';
import type * as wire from '@outdial/protocol';
import type { z } from 'zod';
import { iso } from './time.js';

export const toWireCrmContact = (contact: MockContact): z.infer<typeof wire.CrmContact> => ({
  external_id: contact.externalId,
  source_lead_id: contact.sourceLeadId,
  name: contact.name,
  phone_number: contact.phone,
  email: contact.email,
  company: contact.company,
  job_title: contact.jobTitle,
  created_at: iso(contact.createdAt),
  updated_at: iso(contact.updatedAt),
});

export const toWireCrmActivity = (activity: MockActivity): wire.CrmActivity => ({
  id: activity.id,
  source_activity_id: activity.sourceActivityId,
  contact_external_id: activity.contactExternalId,
  type: 'call',
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
