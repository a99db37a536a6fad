import { type FieldError, Refusal } from './refusal.js';

/** How the message of a field begins that the request must not have. */
export const UNKNOWN_FIELD = 'is unknown.';

/** Refuses a request as `invalid_request`. The sentence names the first three fields; `errors` has all of them. */
export function doesNotFit(
  errors: readonly FieldError[],
  { cause }: { readonly cause?: unknown } = {},
): Refusal {
  const shown = errors.slice(0, 3);
  const sentences = shown.flatMap(({ field, message }) => {
    if (!message.startsWith(UNKNOWN_FIELD)) return [];
    return [`Unknown field \`${field}\`.${message.slice(UNKNOWN_FIELD.length)}`];
  });
  const wrong = shown
    .filter(({ message }) => !message.startsWith(UNKNOWN_FIELD))
    .map(({ field, message, suggestion }) =>
      suggestion === undefined
        ? `${field} ${message}`
        : `${field} ${message} (${suggestion} would be taken)`,
    );
  if (wrong.length > 0) sentences.push(`The request does not fit: ${wrong.join('; ')}.`);
  const more = errors.length - shown.length;
  if (more > 0) sentences.push(`And ${more} more.`);
  return new Refusal('invalid_request', `${sentences.join(' ')} Correct it and send it again.`, {
    errors,
    cause,
  });
}
