import type { Clock, LookUpAnswer, ProviderCallRef } from '@outdial/core';
import type { AircallClient } from './aircall-client.js';
import type { AircallCall } from './aircall-shapes.js';
import { factsOfCall } from './map-call-facts.js';
import { toE164 } from './phone-match.js';
import type { Lines } from './resolve-line.js';

/** Their clock and ours may differ, and their times are whole seconds (reference 7.4). */
const STARTS_AT_MOST_BEFORE_MS = 5_000;
/** A call that starts later than this after our order is not ours: the agent, or a later attempt, called again. */
const STARTS_AT_MOST_AFTER_MS = 120_000;
/** A call appears some seconds after it was ordered (2 s were seen, reference 7.3; 10 s is its advice, 3.1). */
const TOO_EARLY_TO_TELL_MS = 10_000;

export interface LookUpTools {
  readonly client: Pick<AircallClient, 'findCall' | 'searchOutboundCalls'>;
  readonly lines: Pick<Lines, 'userOf'>;
  readonly clock: Clock;
  /** By how much Aircall's clock is ahead of ours. */
  readonly skewMs: number;
}

/** What Aircall knows of one of our calls: by its id, else among the agent's latest. Throws what the client throws. */
export async function lookUpCall(ref: ProviderCallRef, tools: LookUpTools): Promise<LookUpAnswer> {
  if (ref.providerCallId !== null) {
    const call = await tools.client.findCall(ref.providerCallId);
    return call === null ? { kind: 'not_found' } : found(call, seenAt(tools));
  }
  const call = await searchForCall(ref, tools);
  if (call !== undefined) return found(call, seenAt(tools));
  const sinceDialedMs = tools.clock.now().getTime() - ref.dialedAt.getTime();
  return sinceDialedMs < TOO_EARLY_TO_TELL_MS
    ? {
        kind: 'unreachable',
        message: 'Too early to tell: Aircall shows a call only after a while.',
      }
    : { kind: 'not_found' };
}

async function searchForCall(
  ref: ProviderCallRef,
  { client, lines, skewMs }: LookUpTools,
): Promise<AircallCall | undefined> {
  const userId = await lines.userOf(ref.agent);
  const dialedAtMs = ref.dialedAt.getTime() + skewMs;
  const from = new Date(dialedAtMs - STARTS_AT_MOST_BEFORE_MS);
  const to = new Date(dialedAtMs + STARTS_AT_MOST_AFTER_MS);
  const calls = await client.searchOutboundCalls({ userId, from, to });
  // Newest first; of several calls to the same number ours is the one nearest to the order, the oldest.
  return calls.findLast((call) => isOurs(call, { userId, to: ref.to, from, until: to }));
}

function isOurs(
  call: AircallCall,
  order: {
    readonly userId: string;
    readonly to: string;
    readonly from: Date;
    readonly until: Date;
  },
): boolean {
  // The search was for this user; a transferred call shows its new one.
  if (call.direction !== 'outbound' || !call.raw_digits || !call.started_at) return false;
  const user = call.transferred_by ?? call.user;
  if (user && user.id !== order.userId) return false;
  const startedAtMs = call.started_at * 1000;
  return (
    toE164(call.raw_digits, call.number?.country) === order.to &&
    startedAtMs >= Math.floor(order.from.getTime() / 1000) * 1000 &&
    startedAtMs <= order.until.getTime()
  );
}

const seenAt = ({ clock, skewMs }: LookUpTools): Date => new Date(clock.now().getTime() + skewMs);

function found(call: AircallCall, at: Date): LookUpAnswer {
  const facts = factsOfCall(call, { toldAt: undefined, isOver: false, seenAt: at });
  return { kind: 'found', facts };
}
