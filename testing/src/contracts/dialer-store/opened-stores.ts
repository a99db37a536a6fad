import type { Decision, DialerStore, QueueItem, Session } from '@outdial/core';
import { afterAll, beforeAll } from 'vitest';
import { claiming, NOON, type StoreWorld } from '../store-world.js';

/** A decision that changes nothing. */
export const nothing = <T>(answer: T): Decision<T> => ({ change: {}, answer });
/** The session as a later round. */
export const round = (session: Session, by = 1): Session => ({
  ...session,
  round: session.round + by,
});

/** The stores that the parts of the suite share: opened before the first test, closed after the last one. */
export class OpenedStores {
  #world: StoreWorld | null = null;

  constructor(openWorld: () => Promise<StoreWorld>) {
    beforeAll(async () => {
      this.#world = await openWorld();
    }, 60_000);
    afterAll(() => this.#world?.close());
  }

  get world(): StoreWorld {
    if (this.#world === null)
      throw new Error('The stores are opened before the tests, not while they are collected.');
    return this.#world;
  }

  async claim(session: Session, take: number, now = NOON, node: DialerStore = this.world.store) {
    const applied = await node.fillLines(session.id, now, claiming(take));
    if (applied === null) throw new Error('The session does not exist.');
    return applied.answer;
  }

  async claimedLeads(session: Session, take: number, now = NOON): Promise<string[]> {
    return (await this.claim(session, take, now)).claimed.map((call) => call.leadId);
  }

  async itemOf(itemId: string): Promise<QueueItem> {
    const item = await this.world.item(itemId);
    if (item === null) throw new Error(`There is no item ${itemId}.`);
    return item;
  }
}
