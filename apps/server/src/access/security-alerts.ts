import type { Clock } from '@outdial/core';
import type { SecurityAlert } from '@outdial/protocol';

/** Reports to the operator that the system may be under attack. */
export interface SecurityAlerts {
  /** Never throws and waits for nothing. `message`: a sentence for people, without anything secret or personal in it. */
  raise(alert: { readonly kind: SecurityAlert['kind']; readonly message: string }): void;
}

export interface SecurityAlertPorts {
  readonly clock: Clock;
  readonly log: { error(fields: object, message: string): void };
  /** Counts each. */
  readonly count: (kind: SecurityAlert['kind']) => void;
  /** To everybody who follows with `audit.read`, at whichever node. */
  readonly tell: (alert: SecurityAlert) => void;
}

/** An attack goes on for hours; who knows of it need not be told more often. */
const QUIET_MS = 60_000;

/**
 * Each alert is counted. Of one kind this node logs and tells one a minute at most, with how many others there were since: an
 * attacker must not be able to fill the log, or to hide one alert among thousands.
 */
export function createSecurityAlerts(ports: SecurityAlertPorts): SecurityAlerts {
  const told = new Map<SecurityAlert['kind'], { at: number; since: number }>();
  return {
    raise({ kind, message }) {
      ports.count(kind);
      const now = ports.clock.now();
      const before = told.get(kind);
      if (before !== undefined && now.getTime() - before.at < QUIET_MS) {
        before.since += 1;
        return;
      }
      const others = before?.since ?? 0;
      told.set(kind, { at: now.getTime(), since: 0 });
      ports.log.error({ kind, what: message, others }, 'security alert');
      const full =
        others === 0 ? message : `${message} (${others} more like it since the last alert.)`;
      ports.tell({ kind, message: full, at: now.toISOString() });
    },
  };
}
