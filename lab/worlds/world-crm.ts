import { type Crm, type CrmActivity, CrmError, type Lead } from '@outdial/core';
import type { VirtualTime } from '@outdial/testing/virtual-time';
import type { Chance } from './chance.js';
import type { WorldFaults } from './plan.js';
import type { SeenActivity } from './promises.js';
import type { Tally } from './tally.js';

export interface WorldCrmTools {
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly tally: Tally;
  readonly faults: () => WorldFaults;
}

/** A CRM that fails, loses answers and takes its time; it keeps the port's contract otherwise. */
export class WorldCrm implements Crm {
  readonly name = 'world';
  readonly #tools: WorldCrmTools;
  readonly #contacts = new Map<string, string>();
  readonly #activities: SeenActivity[] = [];
  readonly #refused = new Set<string>();

  /** False breaks the port's contract: each write is a new activity. */
  isIdempotent = true;

  constructor(tools: WorldCrmTools) {
    this.#tools = tools;
  }

  upsertContact(lead: Lead): Promise<{ externalId: string }> {
    return this.#write(() => {
      const { chance, tally, faults } = this.#tools;
      if (chance.happens(faults().crmRejects)) this.#refused.add(lead.id);
      if (faults().crmRejects > 0 && this.#refused.has(lead.id)) {
        tally.count('crm: lead refused for good');
        throw new CrmError('This contact cannot be taken.', false);
      }
      const externalId = this.#contacts.get(lead.id) ?? `contact-${this.#contacts.size + 1}`;
      this.#contacts.set(lead.id, externalId);
      return { externalId };
    });
  }

  putActivity({ callId, outcome, disposition }: CrmActivity): Promise<{ activityId: string }> {
    return this.#write(() => {
      const at = this.isIdempotent
        ? this.#activities.findIndex((activity) => activity.callId === callId)
        : -1;
      const activityId =
        this.#activities[at]?.activityId ?? `activity-${this.#activities.length + 1}`;
      const activity = { callId, activityId, outcome, disposition };
      if (at < 0) this.#activities.push(activity);
      else this.#activities[at] = activity;
      return { activityId };
    });
  }

  activities(): readonly SeenActivity[] {
    return this.#activities;
  }

  async #write<T>(work: () => T): Promise<T> {
    const { chance, tally, faults } = this.#tools;
    await this.#wait(chance.between(10, 1_500));
    if (chance.happens(faults().crmFails)) {
      tally.count('crm: failed');
      throw new CrmError('The CRM is not well.', true);
    }
    const answer = work();
    await this.#wait(chance.between(10, 500));
    if (chance.happens(faults().crmAnswerLost)) {
      tally.count('crm: answer lost');
      throw new CrmError('The CRM did not answer.', true);
    }
    return answer;
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#tools.time.after(ms, resolve));
  }
}
