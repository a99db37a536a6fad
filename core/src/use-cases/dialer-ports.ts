import type { ZoneOffsets } from '../compliance/zone-offsets.js';
import type { PrefixZones } from '../compliance/zones-of-number.js';
import type { Announcements } from '../ports/announcements.js';
import type { Clock, Ids } from '../ports/clock.js';
import type { Crm, CrmSyncStore } from '../ports/crm.js';
import type { DialerStore } from '../ports/dialer-store.js';
import type { Jobs } from '../ports/jobs.js';
import type { Journal } from '../ports/journal.js';
import type { PresenceStore } from '../ports/presence.js';
import type { ProviderInbox } from '../ports/provider-inbox.js';
import type { ReconciliationStore } from '../ports/reconciliation.js';
import type { Telephony } from '../ports/telephony.js';
import type { EventTurns } from './event-turns.js';

/** All that the dialer needs from outside. A use case names the few it takes with `Pick`. */
export interface DialerPorts {
  readonly store: DialerStore;
  readonly inbox: ProviderInbox;
  readonly reconciliation: ReconciliationStore;
  readonly presence: PresenceStore;
  readonly crm: Crm;
  readonly crmSync: CrmSyncStore;
  readonly telephony: Telephony;
  readonly jobs: Jobs;
  readonly announcements: Announcements;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly prefixZones: PrefixZones;
  readonly eventTurns: EventTurns;
  readonly offsets?: ZoneOffsets;
}
