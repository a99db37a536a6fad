/**
 * Every `code` of an error response, with its sentence in docs/errors.md. Programs rely on codes, so a code never changes its
 * meaning; `detail` is for people and may be reworded.
 */
export const ERROR_CODES = {
  invalid_request:
    'The request does not have the documented shape; `errors` names the fields. Correct them.',
  invalid_phone_number: 'The phone number cannot be dialed; the detail says why.',
  invalid_csv:
    'The file cannot be read as CSV, or its columns do not fit the mapping. Nothing was stored.',
  invalid_cursor:
    'The cursor does not belong to this list with these filters. Start again without a cursor.',
  unauthorized: 'You are not signed in, or your token is no longer valid. Sign in again.',
  invalid_credentials: 'The e-mail address or the password is wrong.',
  second_factor_required: 'The password is right; a code from the authenticator app is needed too.',
  invalid_second_factor: 'The code is wrong, was used before, or is too old.',
  refresh_token: 'The refresh token is unknown, expired or already used. Sign in again.',
  forbidden: 'You do not have permission to do this.',
  password_change_required: 'Choose your own password first.',
  weak_password: 'The password is too common. Choose another one.',
  last_admin: 'No admin who can sign in would be left. Create another admin first.',
  agent_taken: 'Another user takes calls as this agent.',
  second_factor_on: 'The user already has a second factor. Remove it first.',
  second_factor_off: 'The user has no second factor to confirm or remove.',
  person_on_call: 'The person is on a live call. Wait until it ends.',
  not_found: 'Nothing has this id, or the path does not exist.',
  method_not_allowed: 'The path exists, but not with this method.',
  request_too_slow: 'The request took too long to arrive. Send it again.',
  body_too_large: 'The body is over the limit named in the detail.',
  headers_too_large: 'The address and the headers are over 16 KiB together.',
  unsupported_media_type: 'This path does not accept the content type.',
  rate_limited: 'Too many requests. Wait for the seconds in Retry-After.',
  duplicate_phone_number: 'A lead with this phone number already exists.',
  duplicate_name: 'This name is already in use. Choose another one.',
  duplicate_email: 'This e-mail address is already in use.',
  version_conflict:
    'A newer version has been saved since you read this one. Read it again, then save.',
  agent_has_session: 'The agent already has an open session. Stop it first.',
  no_open_session: 'The agent has no open session.',
  session_stopped: 'The session is stopped and cannot continue. Start a new one.',
  session_not_running: 'The session is not running.',
  session_not_paused: 'The session is not paused.',
  no_wrap_up: 'The session is not in wrap-up, so there is nothing to end or to extend.',
  too_many_lines: 'The provider allows fewer lines per agent than the request asks for.',
  agent_not_on_queue: 'The queue is restricted, and the agent is not on its list of agents.',
  nothing_to_call: 'The queue or selection has no lead that can be called.',
  lead_on_call: 'The lead is on a live call. Wait until it ends.',
  queue_in_use: 'An open session works through this queue. Stop the session first.',
  connection_in_use:
    'A session or a live call goes through this connection. Stop the sessions, wait for the calls to end, then remove it.',
  connection_unavailable:
    'No call can go through the connection: it is disabled, removed or not set up. Choose another one, or ask an admin.',
  queue_item_claimed: 'A session is calling this lead now. Wait until the call ends.',
  set_in_environment: 'An environment variable of the server sets this value. Change it there.',
  number_suppressed: 'The number is on the suppression list. Remove it from the list first.',
  contact_ended:
    "The person said on a call that they want no more calls. Allow contact on the lead's page first.",
  callbacks_promised:
    'People were promised a callback. Choose whether to move the callbacks to another queue or to drop them.',
  no_queue_for_callback:
    'The lead is in no queue that could call back. Add the lead to a queue, or save without a callback.',
  call_not_live: 'The call has already ended.',
  call_not_over: 'The call has not ended; it is synced to the CRM automatically when it ends.',
  call_not_answered: 'The call has not been placed yet, so it cannot have a disposition or a note.',
  provider_cannot: 'The provider of this call does not support this.',
  agent_has_campaign: 'The agent has a campaign with another queue. End that campaign first.',
  event_not_dead: 'Only provider events that failed too often (DEAD) can be replayed.',
  provider_unavailable: 'The provider did not answer. Try again later.',
  enrichment_unavailable: 'The enrichment provider did not answer. Try again later.',
  crm_unavailable: 'The CRM did not answer. Try again later.',
  cross_origin: 'A page of another site must not use this server.',
  webhook_token: 'The webhook token is missing or wrong.',
  shutting_down: 'The server is shutting down and accepts no new requests. Try again in a moment.',
  not_ready: 'The server, or a service that it needs, is not ready. Try again in a moment.',
  not_recorded:
    'The audit entry could not be stored, so the server does not confirm the change. Check the state before you try again.',
  internal: 'The server failed unexpectedly. The log has the cause under the request id.',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;
