/** Failures that happen before a connection exists, as Node and its fetch (undici) name them. */
const BEFORE_A_CONNECTION = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  // Refused by us during the TLS handshake, so no request followed.
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/**
 * True only when the request surely never left: then placing may be tried again. `fetch` hides the reason in `cause`,
 * and for a host with several addresses in the `errors` of an AggregateError, which must then all be of that kind.
 */
export function wasNeverSent(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) {
    return error.errors.length > 0 && error.errors.every(wasNeverSent);
  }
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code !== undefined && BEFORE_A_CONNECTION.has(code)) return true;
  if (syscall === 'connect' || syscall === 'getaddrinfo') return true;
  return error.cause !== undefined && wasNeverSent(error.cause);
}
