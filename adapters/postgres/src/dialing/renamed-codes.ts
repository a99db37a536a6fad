import type { CancelReason, SessionReason } from '@outdial/core';

/** Codes of 0.1.0 previews and what they are called now: a node of that release may still write them while nodes are upgraded. */
const RENAMED: Readonly<Record<string, string>> = {
  by_person: 'requested_by_user',
  queue_dry: 'queue_exhausted',
  agent_away: 'agent_absent',
  provider_trouble: 'provider_unavailable',
  provider_changed: 'connection_unavailable',
};

/** The reason as this release names it. */
export const currentReason = <R extends SessionReason | CancelReason | null>(stored: R): R =>
  stored === null ? stored : ((RENAMED[stored] ?? stored) as R);
