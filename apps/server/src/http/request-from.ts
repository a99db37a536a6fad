import type { FastifyRequest } from 'fastify';
import type { From } from '../accounts/from.js';

/** Longer ones say nothing more to people. */
const LONGEST_USER_AGENT = 300;

export function fromOf({ ip, id, headers }: Pick<FastifyRequest, 'ip' | 'id' | 'headers'>): From {
  const userAgent = headers['user-agent']?.slice(0, LONGEST_USER_AGENT) ?? null;
  return { address: ip, userAgent, requestId: id };
}
