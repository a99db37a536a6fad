import { ERROR_CODES, type ErrorCode, type Problem } from '@outdial/protocol';
import type { FieldError, Refusal } from '../platform/refusal.js';

/** The only place that knows which HTTP number a code has. */
export const HTTP_STATUS: Readonly<Record<ErrorCode, number>> = {
  invalid_request: 400,
  invalid_phone_number: 400,
  invalid_csv: 400,
  invalid_cursor: 400,
  webhook_token: 401,
  unauthorized: 401,
  invalid_credentials: 401,
  second_factor_required: 401,
  invalid_second_factor: 401,
  refresh_token: 401,
  forbidden: 403,
  password_change_required: 403,
  weak_password: 400,
  last_admin: 409,
  agent_taken: 409,
  second_factor_on: 409,
  second_factor_off: 409,
  person_on_call: 409,
  set_in_environment: 409,
  not_recorded: 503,
  cross_origin: 403,
  not_found: 404,
  method_not_allowed: 405,
  duplicate_phone_number: 409,
  duplicate_name: 409,
  duplicate_email: 409,
  version_conflict: 409,
  agent_has_session: 409,
  agent_has_campaign: 409,
  no_open_session: 409,
  session_stopped: 409,
  session_not_running: 409,
  session_not_paused: 409,
  no_wrap_up: 409,
  lead_on_call: 409,
  queue_in_use: 409,
  connection_in_use: 409,
  connection_unavailable: 409,
  queue_item_claimed: 409,
  contact_ended: 409,
  callbacks_promised: 409,
  no_queue_for_callback: 409,
  number_suppressed: 409,
  call_not_live: 409,
  call_not_over: 409,
  call_not_answered: 409,
  event_not_dead: 409,
  request_too_slow: 408,
  body_too_large: 413,
  headers_too_large: 431,
  unsupported_media_type: 415,
  too_many_lines: 422,
  agent_not_on_queue: 422,
  nothing_to_call: 422,
  provider_cannot: 422,
  rate_limited: 429,
  internal: 500,
  provider_unavailable: 503,
  enrichment_unavailable: 503,
  crm_unavailable: 503,
  shutting_down: 503,
  not_ready: 503,
};

/** Ends a request with a problem of HTTP itself. `detail` is a sentence for people. What a rule refuses is a `Refusal`. */
export class ProblemError extends Error {
  readonly code: ErrorCode;
  /** A field, as Fastify writes it back. */
  readonly statusCode: number;
  readonly errors: readonly FieldError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ErrorCode,
    detail: string,
    more: {
      readonly errors?: readonly FieldError[];
      readonly headers?: Readonly<Record<string, string>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(detail, { cause: more.cause });
    this.name = 'ProblemError';
    this.code = code;
    this.statusCode = HTTP_STATUS[code];
    this.errors = more.errors;
    this.headers = more.headers ?? {};
  }
}

/** What a rule refused, as HTTP says it. */
export const problemOf = (refusal: Refusal): ProblemError =>
  new ProblemError(refusal.code, refusal.message, {
    ...(refusal.errors !== undefined && { errors: refusal.errors }),
    ...(refusal.retryAfterSeconds !== undefined && {
      headers: { 'retry-after': String(refusal.retryAfterSeconds) },
    }),
    cause: refusal.cause,
  });

/** Where the codes are explained; every server serves its own copy of docs/errors.md. */
export const ERRORS_PAGE = '/api/docs/errors.md';

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Not Possible Now',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

export const problemBody = (error: ProblemError, requestId: string): Problem => ({
  type: `${ERRORS_PAGE}#${error.code}`,
  title: TITLES[error.statusCode] ?? 'Error',
  status: error.statusCode,
  detail: error.message,
  code: error.code,
  instance: requestId,
  ...(error.errors !== undefined && { errors: [...error.errors] }),
});

/** The text of docs/errors.md. */
export function errorsPage(): string {
  const codes = Object.entries(ERROR_CODES) as [ErrorCode, string][];
  const sections = codes.map(
    ([code, meaning]) => `## ${code}\n\nHTTP ${HTTP_STATUS[code]}. ${meaning}\n`,
  );
  return [
    '# Error codes\n',
    'Every error response is `application/problem+json` (RFC 9457). Its `code` is for programs and never changes its',
    'meaning. Its `detail` is for people and may be reworded. `errors`, where present, names the invalid fields.',
    '`instance` is the request id, as in the log and in the header `X-Request-Id`.\n',
    ...sections,
  ].join('\n');
}
