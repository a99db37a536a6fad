/**
 * The events that we subscribe to (reference 7.2). Any one `call.*` event brings the whole call, so these few are
 * enough, and the two late ones repair what was lost. Wrap-up and the Workspace opening or closing tell when an agent
 * can take the next call. There is none for do-not-disturb: that is asked before each round.
 */
export const SUBSCRIBED_EVENTS: readonly string[] = [
  'call.created',
  'call.answered',
  // The agent is free from then on; the call continues with another person.
  'call.transferred',
  'call.external_transferred',
  'call.hungup',
  'call.ended',
  'call.comm_assets_generated',
  'user.connected.v2',
  'user.disconnected.v2',
  'user.opened.v2',
  'user.closed.v2',
  'user.wut_start.v2',
  'user.wut_end.v2',
];

/** All call events of the catalogue (reference 7.2), and one that only old lists have; each carries the call. */
export const CALL_EVENTS: ReadonlySet<string> = new Set([
  'call.created',
  'call.ringing_on_agent',
  'call.agent_declined',
  'call.answered',
  'call.transferred',
  'call.external_transferred',
  'call.unsuccessful_transfer',
  'call.hungup',
  'call.ended',
  'call.hold',
  'call.unhold',
  'call.ivr_option_selected',
  'call.comm_assets_generated',
  'call.voicemail_left',
  'call.assigned',
  'call.archived',
  'call.unarchived',
  'call.tagged',
  'call.untagged',
  'call.commented',
]);

/** Without `.v2`; the names without it are deprecated and still sent to some (reference 7.2). */
export const AGENT_EVENTS: ReadonlySet<string> = new Set([
  'user.connected',
  'user.disconnected',
  'user.opened',
  'user.closed',
  'user.wut_start',
  'user.wut_end',
]);

/** The agent has handed the call on. A transfer that did not come about (`unsuccessful_transfer`) leaves it with them. */
export const HANDED_ON_EVENTS: ReadonlySet<string> = new Set([
  'call.transferred',
  'call.external_transferred',
]);

/** The call is over, whatever its payload says. */
export const FINAL_CALL_EVENTS: ReadonlySet<string> = new Set(['call.hungup', 'call.ended']);
