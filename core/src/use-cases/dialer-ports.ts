import type { ZoneOffsets } from '../compliance/zone-offsets.js';
import type { PrefixZones } from '../compliance/zones-of-number.js';
import type { CrmRecords } from '../crm/crm-records.js';
import type { Announcements } from '../ports/announcements.js';
import type { Carriers } from '../ports/carriers.js';
import type { Clock, Ids } from '../ports/clock.js';
import type { Crm, CrmSyncStore } from '../ports/crm.js';
import type { DialerStore } from '../ports/dialer-store.js';
import type { Jobs } from '../ports/jobs.js';
import type { Journal } from '../ports/journal.js';
import type { PresenceStore } from '../ports/presence.js';
import type { ProviderInbox } from '../ports/provider-inbox.js';
import type { ReconciliationStore } from '../ports/reconciliation.js';
import type { BegunCalls } from './begun-calls.js';
import type { EventSerializer } from './event-serializer.js';
import type { UnseenCalls } from './unseen-calls.js';

/** All that the dialer needs from outside. A use case names the few it takes with `Pick`. */
export interface DialerPorts {
  readonly store: DialerStore;
  readonly inbox: ProviderInbox;
  readonly reconciliation: ReconciliationStore;
  readonly presence: PresenceStore;
  readonly crm: Crm;
  readonly crmSync: CrmSyncStore;
  /** What is written into the CRM for each outcome; the setting in force. */
  readonly crmRecords: () => Promise<CrmRecords>;
  readonly carriers: Carriers;
  readonly jobs: Jobs;
  readonly announcements: Announcements;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Milliseconds on a clock that is never set: durations within this process. Only differences count. */
  readonly stopwatchMs: () => number;
  readonly ids: Ids;
  readonly prefixZones: PrefixZones;
  readonly eventSerializer: EventSerializer;
  readonly unseenCalls: UnseenCalls;
  /** Left out: a call is begun by the job that places it, one commit after its claim. */
  readonly begunCalls?: BegunCalls;
  readonly offsets?: ZoneOffsets;
  /** Countries whose numbers may be dialed now (ISO 3166 alpha-2); an empty list, or left out: every country. */
  readonly allowedCountries?: () => Promise<readonly string[]>;
}
