/**
 * Every `code` that an error answer can carry, with the sentence of docs/errors.md. Codes are for programs and never
 * change their meaning; the `detail` of an answer is for people and may be reworded.
 */
export const ERROR_CODES = {
  invalid_request: 'The request does not fit the documented shape; `errors` names the fields.',
  invalid_phone_number: 'The phone number cannot be dialed; the detail says why.',
  invalid_csv:
    'The file cannot be read as CSV, or its columns do not fit the mapping. Nothing was stored.',
  invalid_cursor:
    'The cursor was not made by this list with these filters. Start again without one.',
  not_found: 'There is nothing with this id, or no such path.',
  method_not_allowed: 'The path exists, but not with this method.',
  body_too_large: 'The body is over the limit named in the detail.',
  unsupported_media_type: 'The content type is not one this path reads.',
  rate_limited: 'Too many requests; wait as long as Retry-After says.',
  duplicate_phone_number: 'A lead with this phone number exists already.',
  duplicate_name: 'There is already one with this name.',
  duplicate_email: 'There is already one with this e-mail address.',
  version_conflict: 'Somebody saved a newer version meanwhile. Read it again, then save.',
  agent_has_session: 'The agent has a session that is not stopped. Stop it first.',
  no_open_session: 'The agent has no session that is not stopped.',
  session_stopped: 'The session is stopped; that is final. Start a new one.',
  session_not_running: 'The session is not running.',
  session_not_paused: 'The session is not paused.',
  too_many_lines: 'The provider carries fewer lines per agent than asked for.',
  nothing_to_call: 'The queue or the selection holds no lead that could ever be called.',
  lead_on_call: 'The lead is on a live call; wait until it ends.',
  queue_in_use: 'A session that is not stopped works through this queue.',
  queue_item_claimed: 'A session is calling this lead right now.',
  number_suppressed: 'The number is on the suppression list. Take it off the list first.',
  call_not_live: 'The call is over already.',
  call_not_over: 'The call is still going on; it reaches the CRM by itself when it ends.',
  call_not_answered: 'The call has not been placed yet, so there is nothing to say about it.',
  provider_cannot: 'The provider of this call has no such feature.',
  agent_has_campaign: 'The agent has a campaign of another queue. Take that one back first.',
  event_not_dead: 'Only provider events that failed too often (DEAD) can be replayed.',
  provider_unavailable: 'The provider did not answer; try again later.',
  enrichment_unavailable: 'The enrichment provider did not answer; try again later.',
  crm_unavailable: 'The CRM did not answer; try again later.',
  cross_origin: 'A page of another site may not use this server.',
  webhook_token: 'The webhook token is missing or wrong.',
  shutting_down: 'The server is stopping and takes no new work.',
  not_ready: 'The server, or something it needs, is not ready.',
  internal: 'An error on our side; the log has it under the request id.',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;
