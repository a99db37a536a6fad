import { outsideCountries } from '../phone/outside-countries.js';
import type { PastCall } from '../ports/dialer-store.js';
import type { QueueItem } from '../queue/queue-item.js';
import type { CallingWindow, ContactLimits } from '../settings/settings.js';
import { mayCall, zonesToRespect } from './calling-window.js';
import type { ComplianceClearance } from './clearance.js';
import { mayCallAgain } from './contact-limits.js';
import type { ZoneOffsets } from './zone-offsets.js';
import type { PrefixZones } from './zones-of-number.js';

const DAY_MS = 24 * 3_600_000;

export interface DialQuestion {
  /** E.164. */
  readonly phone: string;
  readonly leadTimeZone: string | null;
  readonly item: Pick<QueueItem, 'callback' | 'lastOutcome'>;
  /** Earlier calls to the number, the last to end first. */
  readonly calls: readonly PastCall[];
  readonly window: CallingWindow;
  readonly enforceWindow: boolean;
  readonly limits: ContactLimits;
  readonly enforceLimits: boolean;
  /** Countries that may be called, ISO 3166 alpha-2; empty: every country. As they are now, whatever a session began with. */
  readonly allowedCountries: readonly string[];
  readonly prefixZones: PrefixZones;
  readonly now: Date;
  readonly offsets?: ZoneOffsets;
}

export type DialAnswer =
  | { readonly kind: 'clear'; readonly clearance: ComplianceClearance }
  | {
      readonly kind: 'not_now';
      /** When to ask again. */
      readonly until: Date;
      /** For people, to follow the lead's name. */
      readonly reason: string;
    };

/**
 * May this number be dialed now (P8), by a session or by a provider's own campaign? The country of the number, the time of
 * day where the person is, and earlier calls to the number, in this order. What people said on calls is asked in the database.
 */
export function mayDial(question: DialQuestion): DialAnswer {
  const { phone, leadTimeZone, prefixZones, now, offsets } = question;
  const outside = outsideCountries(phone, question.allowedCountries);
  if (outside !== null) {
    // Settings that change set held leads free; a day is for a release that was lost.
    return {
      kind: 'not_now',
      until: new Date(now.getTime() + DAY_MS),
      reason: `its phone number ${outside}`,
    };
  }
  const where = {
    phone,
    leadTimeZone,
    prefixZones,
    now,
    ...(offsets === undefined ? {} : { offsets }),
  };
  const hours = mayCall({ ...where, window: question.window, enforce: question.enforceWindow });
  if (hours.kind === 'not_now') return hours;
  const { item, calls, limits, enforceLimits: enforce } = question;
  const again = mayCallAgain({
    ...where,
    item,
    calls,
    limits,
    enforce,
    zones: zonesToRespect(where),
  });
  if (again.kind === 'not_now') return again;
  return { kind: 'clear', clearance: { ...hours.clearance, contact: again.contact } };
}
