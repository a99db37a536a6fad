import type { IncomingMessage } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';
import { countRequest, type Limiter } from '../http/limit-requests.js';
import { clientNetwork } from '../platform/client-network.js';

export interface HandshakeLimitOptions {
  /** Left out: any number. */
  readonly limiter: Limiter | undefined;
  /** The proxies whose `X-Forwarded-For` is trusted: TRUST_PROXY. Empty: none. */
  readonly trustProxy: readonly string[];
  readonly log: { warn(fields: object, message: string): void };
}

/** Why a handshake is refused; null: it is not. */
export type RefuseHandshake = (request: IncomingMessage) => Promise<string | null>;

/**
 * How often one client address may begin to follow live events: the token that each brings costs a look into the database.
 * Handshakes do not come through Fastify, so the address is found here, by the same rule. Never rejects: where counting
 * fails, the handshake is accepted.
 */
export function limitHandshakes(options: HandshakeLimitOptions): RefuseHandshake {
  const { limiter, trustProxy, log } = options;
  if (limiter === undefined) return async () => null;
  const trusted = trustProxy.length > 0 ? proxyAddr.compile([...trustProxy]) : () => false;
  const addressOf = (request: IncomingMessage): string | undefined =>
    request.socket.remoteAddress === undefined ? undefined : proxyAddr(request, trusted);
  return async (request) => {
    const counted = await countRequest(limiter, clientNetwork(addressOf(request)), 1);
    if (counted.kind === 'failed') {
      log.warn({ err: counted.error }, 'handshakes of live readers could not be counted');
    }
    if (counted.kind !== 'refused') return null;
    const seconds = Math.max(1, Math.ceil(counted.refused.msBeforeNext / 1000));
    return `More than ${limiter.points} live connections were opened from this address within a minute. Wait ${seconds} s.`;
  };
}
