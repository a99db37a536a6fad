import type { ErrorCode } from '@outdial/protocol';

/** The server's sentence is the better one: it names the number, the field or the lead that this is about. */
const AS_THE_SERVER_SAYS: string | null = null;

/** What a refusal says to users, by its code. */
const REFUSAL_WORDS: Record<ErrorCode, string | null> = {
  invalid_request: AS_THE_SERVER_SAYS,
  invalid_phone_number: AS_THE_SERVER_SAYS,
  invalid_csv: AS_THE_SERVER_SAYS,
  invalid_cursor: 'The list has changed. Reload the page.',
  unauthorized: 'You are not signed in any more. Sign in again.',
  invalid_credentials: AS_THE_SERVER_SAYS,
  second_factor_required: AS_THE_SERVER_SAYS,
  invalid_second_factor: AS_THE_SERVER_SAYS,
  refresh_token: AS_THE_SERVER_SAYS,
  forbidden: 'You do not have permission to do this.',
  password_change_required: 'Choose a password of your own first.',
  weak_password: AS_THE_SERVER_SAYS,
  last_admin: AS_THE_SERVER_SAYS,
  agent_taken: AS_THE_SERVER_SAYS,
  second_factor_on: 'Two-factor authentication is on already. Remove it first.',
  second_factor_off: 'Two-factor authentication is off.',
  person_on_call: AS_THE_SERVER_SAYS,
  not_found: AS_THE_SERVER_SAYS,
  method_not_allowed: 'This page and the server are of different releases. Reload the page.',
  request_too_slow: 'The request took too long. Try again.',
  body_too_large: AS_THE_SERVER_SAYS,
  headers_too_large: AS_THE_SERVER_SAYS,
  unsupported_media_type: AS_THE_SERVER_SAYS,
  rate_limited: AS_THE_SERVER_SAYS,
  duplicate_phone_number: AS_THE_SERVER_SAYS,
  duplicate_name: AS_THE_SERVER_SAYS,
  duplicate_email: AS_THE_SERVER_SAYS,
  version_conflict: AS_THE_SERVER_SAYS,
  agent_has_session: AS_THE_SERVER_SAYS,
  no_open_session: AS_THE_SERVER_SAYS,
  session_stopped: AS_THE_SERVER_SAYS,
  session_not_running: AS_THE_SERVER_SAYS,
  session_not_paused: AS_THE_SERVER_SAYS,
  no_wrap_up: AS_THE_SERVER_SAYS,
  too_many_lines: AS_THE_SERVER_SAYS,
  agent_not_on_queue: AS_THE_SERVER_SAYS,
  nothing_to_call: AS_THE_SERVER_SAYS,
  lead_on_call: AS_THE_SERVER_SAYS,
  queue_in_use: AS_THE_SERVER_SAYS,
  connection_in_use: null,
  connection_unavailable: null,
  queue_item_claimed: AS_THE_SERVER_SAYS,
  set_in_environment: AS_THE_SERVER_SAYS,
  number_suppressed: AS_THE_SERVER_SAYS,
  contact_ended: AS_THE_SERVER_SAYS,
  callbacks_promised: AS_THE_SERVER_SAYS,
  no_queue_for_callback: AS_THE_SERVER_SAYS,
  call_not_live: AS_THE_SERVER_SAYS,
  call_not_over: AS_THE_SERVER_SAYS,
  call_not_answered: AS_THE_SERVER_SAYS,
  provider_cannot: AS_THE_SERVER_SAYS,
  agent_has_campaign: AS_THE_SERVER_SAYS,
  event_not_dead: AS_THE_SERVER_SAYS,
  provider_unavailable: AS_THE_SERVER_SAYS,
  enrichment_unavailable: AS_THE_SERVER_SAYS,
  crm_unavailable: AS_THE_SERVER_SAYS,
  cross_origin: 'A page of another site may not use this server.',
  webhook_token: AS_THE_SERVER_SAYS,
  shutting_down: 'The server is restarting. Try again in a moment.',
  not_ready: AS_THE_SERVER_SAYS,
  not_recorded:
    'The audit log could not be written, so it is not certain that this was done. Look before you try again.',
  internal: AS_THE_SERVER_SAYS,
};

/** The sentence for a refusal with this code and this detail of the server's. */
export const refusalWords = (code: ErrorCode, detail: string): string =>
  REFUSAL_WORDS[code] ?? detail;

/** Short enough to stand under the field that a refusal is about. */
export const WRONG_PASSWORD = 'This is not your password';
export const PAGE_BROKE =
  'Something went wrong in this page. Reload it; if it happens again, tell your administrator.';
