import { createHash, timingSafeEqual } from 'node:crypto';
import { verifyWebhook } from '@outdial/aircall';
import { InboxFull } from '@outdial/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RateLimiterAbstract } from 'rate-limiter-flexible';
import { clientNetwork } from '../platform/client-network.js';
import { Refusal } from '../platform/refusal.js';

export interface AircallWebhookPorts {
  /** The part of the path that nobody can guess. */
  readonly segment: string;
  /** The tokens to accept at this moment, at the path with the segment. */
  tokens(): readonly string[];
  /**
   * The tokens to accept at the path without it: of webhooks that were registered before there was one, and of one that somebody
   * registered by hand.
   */
  tokensWithoutSegment(): readonly string[];
  /** Asks for tokens that another node may have got; resolves soon, whatever comes of it. */
  learnTokens(): Promise<void>;
  /** Resolves once the event is stored (P7). */
  receive(event: { dedupeKey: string; payload: unknown }): Promise<'stored' | 'duplicate'>;
  /** Somebody sent something that is not Aircall's. */
  refused(because: 'segment' | 'token' | 'not_json' | 'not_object', request: FastifyRequest): void;
  /** Deliveries with a wrong token, by client network: who guesses at the path without the segment has to wait. Left out: never. */
  readonly guesses?: Pick<RateLimiterAbstract, 'get' | 'consume' | 'points'> | undefined;
}

/** Aircall gives us 5 s (reference 8.1): check the token, store the event, answer. The rest is a job. */
export const AIRCALL_WEBHOOK_PATH = '/webhooks/aircall';

/** Where Aircall is to deliver. Whoever knows it still needs the token; whoever does not gets no further than to a 404. */
export const aircallWebhookUrl = (publicUrl: string, segment: string): string =>
  `${publicUrl}${AIRCALL_WEBHOOK_PATH}/${segment}`;
const BODY_LIMIT_BYTES = 1024 * 1024;

/** Whatever kept us from storing it, Aircall has it still and sends it again (reference 8.1). */
const notStored = (error: unknown): Refusal =>
  new Refusal(
    'not_ready',
    error instanceof InboxFull
      ? 'More events come in than can be stored at this moment. Send this one again in a few seconds.'
      : 'The event could not be stored. Send it again in a few seconds; the log says what is wrong.',
    { cause: error, retryAfterSeconds: 5 },
  );

export function aircallWebhook(ports: AircallWebhookPorts) {
  // A plugin of its own, so that the raw bytes, which the duplicate check is over, reach this route only.
  return async (app: FastifyInstance): Promise<void> => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    );
    const receive = async (request: FastifyRequest, tokens: () => readonly string[]) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      let verified = verifyWebhook(body, tokens());
      if (!verified.ok && verified.because === 'token') {
        await ports.learnTokens();
        verified = verifyWebhook(body, tokens());
      }
      if (!verified.ok) {
        ports.refused(verified.because, request);
        throw verified.because === 'token'
          ? new Refusal(
              'webhook_token',
              "The token in the body is missing or not this webhook's. Register the webhook again, or set AIRCALL_WEBHOOK_TOKEN.",
            )
          : new Refusal('invalid_request', 'The body is not a JSON object as Aircall sends it.');
      }
      const { dedupeKey, payload } = verified;
      try {
        return { message: await ports.receive({ dedupeKey, payload }) };
      } catch (error) {
        throw notStored(error);
      }
    };

    app.post<{ Params: { segment: string } }>(
      `${AIRCALL_WEBHOOK_PATH}/:segment`,
      {
        bodyLimit: BODY_LIMIT_BYTES,
        // Held to the secret path and to the token in the body.
        config: { permission: 'public' },
        // Before the body is read: a stranger's is not worth the memory.
        onRequest: async (request) => {
          if (isSame(request.params.segment, ports.segment)) return;
          ports.refused('segment', request);
          throw new Refusal('not_found', 'There is no such path.');
        },
        schema: {
          operationId: 'receiveAircallEvent',
          tags: ['webhooks'],
          summary: "Aircall's events; the body carries the webhook's token",
          description: 'The segment is made at the first start; admins see the whole address.',
        },
      },
      (request) => receive(request, () => ports.tokens()),
    );
    app.post(
      AIRCALL_WEBHOOK_PATH,
      {
        bodyLimit: BODY_LIMIT_BYTES,
        config: { permission: 'public' },
        schema: {
          operationId: 'receiveAircallEventWithoutSegment',
          tags: ['webhooks'],
          summary: 'The same, for webhooks registered by hand or by an older version',
        },
      },
      async (request) => {
        const { guesses } = ports;
        const network = clientNetwork(request.ip);
        // What cannot be counted is no reason to lose an event.
        const made = await guesses?.get(network).catch(() => null);
        if (guesses !== undefined && made && made.consumedPoints >= guesses.points) {
          throw new Refusal(
            'rate_limited',
            'Too many deliveries from this address had a wrong token. Wait a minute; check AIRCALL_WEBHOOK_TOKEN.',
            { retryAfterSeconds: Math.ceil(made.msBeforeNext / 1000) },
          );
        }
        try {
          return await receive(request, () => ports.tokensWithoutSegment());
        } catch (error) {
          if (error instanceof Refusal && error.code === 'webhook_token') {
            await guesses?.consume(network).catch(() => undefined);
          }
          throw error;
        }
      },
    );
  };
}

/** Compares digests, which have one length: the time taken tells nothing. */
function isSame(offered: string, known: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(offered), digest(known));
}
