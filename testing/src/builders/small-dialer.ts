import {
  type Availability,
  type Call,
  createEventSerializer,
  type DialerPorts,
  type HangUpAnswer,
  type JobHint,
  type JournalEntry,
  type LiveCall,
  type LookUpAnswer,
  oneCarrier,
  type PlaceAnswer,
  type PlaceOrder,
  type QueueItem,
  type Session,
  STANDARD_CRM_RECORDS,
  type TelephonyCapabilities,
  unseenCalls,
} from '@outdial/core';
import { createMemoryCrm } from '../fakes/memory-crm.js';
import { createMemoryCrmSyncStore } from '../fakes/memory-crm-sync-store.js';
import { createMemoryDialerStore } from '../fakes/memory-dialer-store.js';
import { createMemoryPresenceStore } from '../fakes/memory-presence-store.js';
import { createMemoryProviderInbox } from '../fakes/memory-provider-inbox.js';
import { createMemoryReconciliationStore } from '../fakes/memory-reconciliation-store.js';
import { MemoryState } from '../fakes/memory-state.js';
import { ADA, anItem, aScene, NOON, WIRED } from './scenes.js';

export interface SmallDialerOptions {
  readonly live?: readonly LiveCall[];
  /** Names of leads who wait in the queue. */
  readonly waiting?: readonly string[];
  readonly session?: Partial<Session>;
  readonly capabilities?: TelephonyCapabilities;
  readonly now?: Date;
  /** False: no page of the agent was ever there; else one is, and stays. */
  readonly atScreen?: boolean;
}

/** One session over memory stores, a provider that answers as told, and a clock moved by hand: for tests of use cases. */
export function aSmallDialer(options: SmallDialerOptions = {}) {
  const { live = [], waiting = [], capabilities = WIRED, atScreen = true } = options;
  let now = options.now ?? NOON;
  let ids = 0;
  const state = new MemoryState();
  const woken: JobHint[] = [];
  const ordered: PlaceOrder[] = [];
  const noted: JournalEntry[] = [];
  const answers = {
    place: { kind: 'accepted', providerCallId: null } as PlaceAnswer,
    hangUp: { kind: 'done' } as HangUpAnswer,
    lookUp: { kind: 'not_found' } as LookUpAnswer,
    availability: { kind: 'ready' } as Availability,
    /** Happens while the provider is being asked. */
    meanwhile: async (): Promise<void> => undefined,
  };
  const answer = async <K extends Exclude<keyof typeof answers, 'meanwhile'>>(
    kind: K,
  ): Promise<(typeof answers)[K]> => {
    await answers.meanwhile();
    return answers[kind];
  };

  const presence = createMemoryPresenceStore(state);
  // The store in memory writes at once.
  if (atScreen) void presence.seen('page that stays', [ADA.id], new Date('2100-01-01T00:00:00Z'));
  state.putAgent(ADA);
  state.putQueue({ id: 'queue', name: 'Queue' });
  state.putSession(aScene(live, options.session).session);
  const put = (item: QueueItem, phone: string): void => {
    state.putLead({
      id: item.leadId,
      name: 'Lee',
      jobTitle: null,
      phone,
      company: null,
      email: null,
      headcount: null,
      industry: null,
      timeZone: null,
      score: 0,
      enrichment: null,
      crmExternalId: null,
      createdAt: NOON,
      updatedAt: NOON,
    });
    state.putItem(item);
  };
  for (const call of live) {
    put(anItem(call.id), call.phone);
    state.putCall(call);
  }
  waiting.forEach((name, index) => {
    const free = anItem(name, { state: 'PENDING', claimedBySessionId: null });
    put(free, `+1212555${String(1000 + index)}`);
  });

  const ports: DialerPorts = {
    store: createMemoryDialerStore(state),
    inbox: createMemoryProviderInbox(state),
    reconciliation: createMemoryReconciliationStore(state),
    presence,
    crm: createMemoryCrm(),
    crmSync: createMemoryCrmSyncStore(state),
    carriers: oneCarrier({
      name: 'simulator',
      capabilities,
      place: (order) => {
        ordered.push(order);
        return answer('place');
      },
      hangUp: () => answer('hangUp'),
      lookUp: () => answer('lookUp'),
      availability: () => answer('availability'),
      interpret: () => ({ kind: 'ignored', reason: 'none come' }),
    }),
    jobs: { wake: (hint) => void woken.push(hint) },
    announcements: { announce: () => undefined },
    journal: { note: (entry) => void noted.push(entry) },
    clock: { now: () => now },
    ids: {
      next: () => {
        ids += 1;
        return `new-${ids}`;
      },
    },
    prefixZones: new Map([['1', ['America/New_York']]]),
    crmRecords: async () => STANDARD_CRM_RECORDS,
    eventSerializer: createEventSerializer(),
    stopwatchMs: () => now.getTime(),
    unseenCalls: unseenCalls(() => now.getTime()),
  };
  return {
    ports,
    state,
    answers,
    woken,
    ordered,
    /** What was written into the log. */
    noted,
    moveTo: (at: Date): void => {
      now = at;
    },
    call: (id: string): Call | undefined => state.calls.get(id),
    item: (name: string): QueueItem | undefined => state.items.get(anItem(name).id),
    session: (): Session | undefined => state.sessions.get('session'),
  };
}
