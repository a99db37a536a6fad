import { type Crm, type CrmActivity, CrmError, type Lead } from '@outdial/core';

/** A CRM in memory, for tests of what stands before it. Keeps the same contract as the real ones. */
export interface MemoryCrm extends Crm {
  contacts(): readonly MemoryContact[];
  activities(): readonly MemoryActivity[];
  setDown(down: boolean): void;
  /** So many writes fail before anything is written. */
  failNext(writes: number): void;
  /** So many writes are written, and then throw. */
  loseNextAnswers(writes: number): void;
  /** It will never take this lead. */
  reject(leadId: string): void;
}

export interface MemoryContact {
  readonly externalId: string;
  readonly lead: Lead;
}

export interface MemoryActivity extends CrmActivity {
  readonly activityId: string;
  /** How often it was written, the first time included. */
  readonly written: number;
}

export function createMemoryCrm(): MemoryCrm {
  const contacts = new Map<string, MemoryContact>();
  const activities = new Map<string, MemoryActivity>();
  const rejected = new Set<string>();
  let down = false;
  let failing = 0;
  let losing = 0;

  const write = async <T>(work: () => T): Promise<T> => {
    if (down) throw new CrmError('The CRM cannot be reached.', true);
    if (failing > 0) {
      failing -= 1;
      throw new CrmError('The CRM answered with an error.', true);
    }
    const answer = work();
    if (losing > 0) {
      losing -= 1;
      throw new CrmError('The CRM did not answer in time.', true);
    }
    return answer;
  };

  return {
    name: 'memory',
    upsertContact: (lead) =>
      write(() => {
        if (rejected.has(lead.id)) throw new CrmError('The CRM does not take this contact.', false);
        const externalId = contacts.get(lead.id)?.externalId ?? `C-${contacts.size + 1}`;
        contacts.set(lead.id, { externalId, lead });
        return { externalId };
      }),
    putActivity: (activity) =>
      write(() => {
        const known = [...contacts.values()].some(
          ({ externalId }) => externalId === activity.contactExternalId,
        );
        if (!known) throw new CrmError('The CRM has no such contact.', false);
        const before = activities.get(activity.callId);
        const activityId = before?.activityId ?? `A-${activities.size + 1}`;
        const written = (before?.written ?? 0) + 1;
        activities.set(activity.callId, { ...activity, activityId, written });
        return { activityId };
      }),
    contacts: () => [...contacts.values()],
    activities: () => [...activities.values()],
    setDown(value) {
      down = value;
    },
    failNext(writes) {
      failing = writes;
    },
    loseNextAnswers(writes) {
      losing = writes;
    },
    reject: (leadId) => void rejected.add(leadId),
  };
}
