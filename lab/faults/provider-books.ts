import type { MockCall } from '@outdial/aircall/mock';
import type { Call } from '@outdial/core';
import type { Breach, SeenCall } from '../worlds/index.js';
import type { ProviderBooks } from './aircall-account.js';

/** Clocks of one machine; the order's row is written before it is asked, so this is for rounding only. */
const ROUNDING_MS = 1_000;

/**
 * What the provider saw, in the dialer's own ids. The provider knows nothing of these: an order belongs to the call that was
 * bound to it, else to the last one to that number that was dialed before it.
 */
export function seenByAircall(
  { calls: atProvider, orders }: ProviderBooks,
  calls: readonly Call[],
): { readonly seen: readonly SeenCall[]; readonly breaches: readonly Breach[] } {
  const callOf = new Map(atProvider.map((call) => [call.id, call]));
  const bound = new Map(
    calls.flatMap((call) => (call.providerCallId === null ? [] : [[call.providerCallId, call]])),
  );
  const ofPhone = new Map<string, Call[]>();
  for (const call of calls) ofPhone.set(call.phone, [...(ofPhone.get(call.phone) ?? []), call]);
  const breaches: Breach[] = [];
  const seen = orders.flatMap((order): SeenCall[] => {
    if (order.status !== 204 || order.to === null) return [];
    const made = order.callId === null ? undefined : callOf.get(order.callId);
    const ours =
      (made && bound.get(String(made.id))) ??
      (ofPhone.get(order.to) ?? []).findLast(
        (call) =>
          call.state !== 'QUEUED' &&
          call.dialedAt !== null &&
          call.dialedAt.getTime() <= order.atMs + ROUNDING_MS,
      );
    if (ours === undefined) {
      breaches.push({ promise: 'P3', saw: `${order.to} was called for no call of ours.` });
      return [];
    }
    // Taken and then forgotten by the provider: it counts as asked for, and no phone rang.
    if (made === undefined) return [];
    return [
      {
        callId: ours.id,
        to: order.to,
        agentId: ours.agentId,
        live: made.status !== 'done',
        answeredBy: made.answeredAtMs === null ? null : 'PERSON',
        decidedAt: ('dialedAt' in ours && ours.dialedAt) || ours.queuedAt,
      },
    ];
  });
  return { seen, breaches };
}

/** P1 and P9 by the provider's books: at no moment a number, or an agent with one line, had two calls. */
export function neverTwoAtOnce(atProvider: readonly MockCall[], speed: number): readonly Breach[] {
  // Timestamps inside a call keep their full length, so its real end is nearer by the speed.
  const spans = atProvider
    .map((call) => ({
      id: call.id,
      phone: call.phoneNumber,
      user: String(call.userId),
      from: call.startedAtMs,
      to: Math.floor(
        call.startedAtMs +
          ((call.endedAtMs ?? Number.POSITIVE_INFINITY) - call.startedAtMs) / speed,
      ),
    }))
    .sort((a, b) => a.from - b.from);
  return (
    [
      ['P1', 'phone'],
      ['P9', 'user'],
    ] as const
  ).flatMap(([promise, of]) => {
    const last = new Map<string, (typeof spans)[number]>();
    return spans.flatMap((span): Breach[] => {
      const before = last.get(span[of]);
      if (before === undefined || span.to > before.to) last.set(span[of], span);
      return before !== undefined && span.from < before.to
        ? [{ promise, saw: `Calls ${before.id} and ${span.id} of ${span[of]} overlap.` }]
        : [];
    });
  });
}
