import type { Timers } from '@outdial/core';
import type { AuditTrail } from '../access/audit-trail.js';
import type { SecurityAlerts } from '../access/security-alerts.js';

export interface RefusedWebhooksPorts {
  readonly audit: AuditTrail;
  readonly alerts: SecurityAlerts;
  readonly timers: Timers;
  readonly log: {
    warn(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
}

export interface RefusedWebhooks {
  refused(because: string, address: string): void;
  /** Writes down what was gathered. Safe twice. */
  close(): Promise<void>;
}

const WINDOW_MS = 5 * 60_000;
/** A webhook that was registered anew brings a handful of deliveries with the old token. */
const ALARM_FROM = 20;
const ADDRESSES_TOLD = 10;
/** These mean that the sender is not the carrier, or that the secrets differ; the rest is unreadable. */
const ABOUT_SECRETS = ['token', 'segment'];

interface Gathered {
  readonly since: Date;
  readonly because: Map<string, number>;
  readonly addresses: Set<string>;
  count: number;
  aboutSecrets: number;
}

/**
 * What is refused at the webhook path, five minutes at a time: the first at once, and the sum of the rest when they are over,
 * so that thousands of attempts are two lines of the audit log. Many with a wrong token raise an alert.
 */
export function watchRefusedWebhooks(ports: RefusedWebhooksPorts): RefusedWebhooks {
  const { audit, alerts, timers, log } = ports;
  let gathered: Gathered | null = null;
  let takeBack = () => {};
  let writing: Promise<void> = Promise.resolve();

  function write(details: Readonly<Record<string, unknown>>, address?: string): void {
    const actor = { kind: 'anonymous', id: null, name: 'anonymous' } as const;
    writing = writing
      .then(() => audit.append({ action: 'webhook_refused', actor, address, details }))
      .catch((error: unknown) =>
        log.error({ err: error }, 'refused webhooks could not be audited'),
      );
  }

  function sumUp(): void {
    takeBack();
    if (gathered !== null && gathered.count > 1) {
      const { since, because, addresses, count } = gathered;
      log.warn({ count, because: Object.fromEntries(because) }, 'webhooks refused');
      write({
        count,
        because: Object.fromEntries(because),
        since: since.toISOString(),
        addresses: [...addresses],
        ...(addresses.size === ADDRESSES_TOLD && { more_addresses: true }),
      });
    }
    gathered = null;
  }

  return {
    refused(because, address) {
      if (gathered === null) {
        log.warn({ because }, 'webhook refused');
        write({ count: 1, because }, address);
        takeBack = timers.after(WINDOW_MS, sumUp);
      }
      gathered ??= {
        since: timers.now(),
        because: new Map(),
        addresses: new Set(),
        count: 0,
        aboutSecrets: 0,
      };
      gathered.count += 1;
      gathered.because.set(because, (gathered.because.get(because) ?? 0) + 1);
      if (gathered.addresses.size < ADDRESSES_TOLD) gathered.addresses.add(address);
      if (!ABOUT_SECRETS.includes(because)) return;
      gathered.aboutSecrets += 1;
      if (gathered.aboutSecrets % ALARM_FROM !== 0) return;
      alerts.raise({
        kind: 'webhook_token_failures',
        message: `${gathered.aboutSecrets} webhooks with a wrong token or path were refused within five minutes. A stranger sends invented events, or the webhook must be registered again.`,
      });
    },
    async close() {
      sumUp();
      await writing;
    },
  };
}
