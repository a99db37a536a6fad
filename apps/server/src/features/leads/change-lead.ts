import { announceQueues, type Lead } from '@outdial/core';
import type { LeadPhone, LeadStore, PatchLeadAnswer } from '@outdial/postgres';
import type { Author } from '../../access/audit-trail.js';
import { notFound, Refusal } from '../../platform/refusal.js';
import type { HttpPorts } from '../http-ports.js';
import { queuesOfLead } from '../queues/queue-changes.js';

type Ports = Pick<HttpPorts, 'changes' | 'queueItems' | 'dialer' | 'announcements' | 'clock'>;
type LeadPatch = Parameters<LeadStore['patch']>[1];

/**
 * Changes a lead. The audit entry names the fields, and of numbers what they were and are. Where the lead may be called now, sessions
 * that wait on its queues are woken. `duplicate`: nothing was changed.
 */
export async function changeLead(
  ports: Ports,
  leadId: string,
  { patch, fields }: { readonly patch: LeadPatch; readonly fields: readonly string[] },
  author: Author,
): Promise<Exclude<PatchLeadAnswer, { kind: 'not_found' }>> {
  const { phone, furtherPhones } = patch;
  const answer = await ports.changes.run(async (stores, record) => {
    const before = await stores.leads.get(leadId);
    const phonesBefore = await stores.leads.phonesOf([leadId]);
    const changed = await stores.leads.patch(leadId, patch, ports.clock.now());
    if (before === null || changed.kind === 'not_found') throw notFound('lead');
    if (changed.kind === 'duplicate' || fields.length === 0) return changed;
    // Numbers go in as keyed hashes; of the rest the names of the fields are enough.
    record({
      ...author,
      action: 'lead_changed',
      target: { kind: 'lead', id: leadId },
      details: {
        fields,
        ...(phone !== undefined &&
          phone !== before.phone && { number_before: before.phone, number_after: phone }),
        ...(furtherPhones !== undefined && {
          further_numbers_before: numbersOf(phonesBefore.get(leadId) ?? []),
          further_numbers_after: numbersOf(furtherPhones),
        }),
      },
    });
    return changed;
  });
  const mayBeCalledNow =
    phone !== undefined || furtherPhones !== undefined || patch.timeZone !== undefined;
  if (answer.kind === 'changed' && (mayBeCalledNow || patch.score !== undefined)) {
    await ports.dialer.wakeQueues(await queuesOfLead(ports, leadId));
  }
  return answer;
}

const numbersOf = (phones: readonly LeadPhone[]): readonly string[] =>
  phones.map(({ phone }) => phone);

/** Deletes a lead with its places in queues; its calls stay. Answers how many promised call-backs went with it. */
export async function deleteLead(ports: Ports, lead: Lead, author: Author): Promise<number> {
  const queueIds = await queuesOfLead(ports, lead.id);
  const callbacks = await ports.changes.run(async (stores, record) => {
    const answer = await stores.leads.delete(lead.id);
    if (answer.kind === 'not_found') throw notFound('lead');
    if (answer.kind === 'on_call') {
      throw new Refusal(
        'lead_on_call',
        'A session is calling this lead right now. Wait until the call is over, then delete.',
      );
    }
    record({
      ...author,
      action: 'lead_deleted',
      target: { kind: 'lead', id: lead.id },
      details: { name: lead.name, queues: queueIds.length, callbacks_dropped: answer.callbacks },
    });
    return answer.callbacks;
  });
  announceQueues(ports, queueIds);
  return callbacks;
}

/** Lifts what the lead said on calls about wanting no more calls; answers of how many calls. */
export async function allowContact(
  { changes, dialer }: Ports,
  leadId: string,
  author: Author,
): Promise<number> {
  const { lifted, freedQueueIds } = await changes.run(async (stores, record) => {
    const answer = await stores.leads.allowContact(leadId);
    if (answer.lifted > 0) {
      const details = { calls: answer.lifted };
      record({
        ...author,
        action: 'contact_allowed',
        target: { kind: 'lead', id: leadId },
        details,
      });
    }
    return answer;
  });
  await dialer.wakeQueues(freedQueueIds);
  return lifted;
}
