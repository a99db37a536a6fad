import type { Telephony, TelephonyCapabilities } from './telephony.js';

/** The carriers that calls go through: one `Telephony` per connection. */
export interface Carriers {
  /**
   * The carrier of a connection. Never null: a connection that is not open at this process gives `closedCarrier`, which places
   * nothing and cannot be asked.
   */
  of(connectionId: string): Telephony;
  /** The connections that are open at this process, also those that may place no new call. */
  open(): readonly Telephony[];
  /**
   * Why no new call may go through a connection now (disabled, removed), as a sentence for users; null: calls may be placed.
   * Live calls continue in either case.
   */
  closedBecause(connectionId: string): string | null;
}

/** For programs and tests with a single connection: every call goes through `telephony`, whose name is the connection's id. */
export function oneCarrier(telephony: Telephony): Carriers {
  return {
    open: () => [telephony],
    of: (id) => (id === telephony.name ? telephony : closedCarrier(id)),
    closedBecause: (id) =>
      id === telephony.name ? null : `The connection ${id} is not connected any more.`,
  };
}

/** Nothing is possible that asks the carrier; what needs no answer of it, such as ending a wrap-up, is not affected. */
const CLOSED_CAPABILITIES: TelephonyCapabilities = {
  maxLinesPerAgent: 1,
  canHangUp: false,
  detectsMachines: false,
  returnsCallId: false,
  reportsAvailability: false,
  presenceBy: 'provider',
  reachesRealPhones: true,
};

/** Stands for a connection that is not open here: removed, or made a moment ago on another node. */
export function closedCarrier(connectionId: string): Telephony {
  const message = `The connection ${connectionId} is not open on this server.`;
  return {
    name: connectionId,
    capabilities: CLOSED_CAPABILITIES,
    place: async () => ({ kind: 'refused', because: 'configuration', message }),
    hangUp: async () => ({ kind: 'failed', message }),
    lookUp: async () => ({ kind: 'unreachable', message }),
    availability: async () => ({ kind: 'unreachable', message }),
    // The event stays in the inbox and is tried again: another node may have opened the connection before this one.
    interpret() {
      throw new Error(message);
    },
  };
}

/** The same carriers, each seen through `around`: faults, measurements, traces. One wrapper per carrier, as long as it is open. */
export function aroundCarriers(
  carriers: Carriers,
  around: (telephony: Telephony) => Telephony,
): Carriers {
  const wrapped = new WeakMap<Telephony, Telephony>();
  const wrap = (telephony: Telephony): Telephony => {
    const known = wrapped.get(telephony) ?? around(telephony);
    wrapped.set(telephony, known);
    return known;
  };
  return {
    of: (id) => wrap(carriers.of(id)),
    open: () => carriers.open().map(wrap),
    closedBecause: (id) => carriers.closedBecause(id),
  };
}
