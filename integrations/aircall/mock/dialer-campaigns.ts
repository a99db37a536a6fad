export interface CampaignNumber {
  readonly id: number;
  readonly number: string;
  readonly createdAtMs: number;
  called: boolean;
}

/** Aircall's own queue, one per user (reference 5.3). */
export interface DialerCampaign {
  readonly id: number;
  readonly numberId: number | null;
  readonly createdAtMs: number;
  numbers: CampaignNumber[];
}

export class DialerCampaigns {
  readonly #byUser = new Map<number, DialerCampaign>();
  #nextId = 1;

  reset(): void {
    this.#byUser.clear();
    this.#nextId = 1;
  }

  of(userId: number): DialerCampaign | undefined {
    return this.#byUser.get(userId);
  }

  create(userId: number, numberId: number | null, nowMs: number): DialerCampaign {
    const campaign: DialerCampaign = {
      id: this.#nextId++,
      numberId,
      createdAtMs: nowMs,
      numbers: [],
    };
    this.#byUser.set(userId, campaign);
    return campaign;
  }

  remove(userId: number): boolean {
    return this.#byUser.delete(userId);
  }

  /** Returns the numbers that were queued already and not called; the others are added all the same. */
  append(campaign: DialerCampaign, phoneNumbers: readonly string[], nowMs: number): string[] {
    const duplicates: string[] = [];
    for (const number of phoneNumbers) {
      if (campaign.numbers.some((queued) => queued.number === number && !queued.called))
        duplicates.push(number);
      else campaign.numbers.push({ id: this.#nextId++, number, createdAtMs: nowMs, called: false });
    }
    return duplicates;
  }

  /** A call of this agent to a queued number marks it as called. */
  noteCall(userId: number, phoneNumber: string): void {
    const queued = this.of(userId)?.numbers.find(
      (entry) => entry.number === phoneNumber && !entry.called,
    );
    if (queued) queued.called = true;
  }
}
