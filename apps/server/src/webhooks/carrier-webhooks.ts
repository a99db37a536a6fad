import { createHash, timingSafeEqual } from 'node:crypto';
import { InboxFull } from '@outdial/core';
import type { CarrierEvent, CarrierWebhook } from '@outdial/kit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RateLimiterAbstract } from 'rate-limiter-flexible';
import { clientNetwork } from '../platform/client-network.js';
import { Refusal } from '../platform/refusal.js';

export interface CarrierWebhookPorts {
  /** The part of the path that cannot be guessed. */
  readonly segment: string;
  /** The webhook of a connection that is open here; null: there is none, or it sends none. */
  webhookOf(connectionId: string): CarrierWebhook | null;
  /** Resolves once the event is stored (P7). */
  receive(connectionId: string, event: CarrierEvent): Promise<'stored' | 'duplicate'>;
  /** A request that does not come from the carrier, or is not readable. */
  refused(because: 'segment' | 'token' | 'not_json' | 'not_object', request: FastifyRequest): void;
  /** Deliveries without a proof, by client network: an address that guesses at the path without the segment has to wait. Left out: never. */
  readonly guesses?: Pick<RateLimiterAbstract, 'get' | 'consume' | 'points'> | undefined;
}

/** Carriers give us seconds (5 s at the strictest known): check the proof, store the event, answer. The rest is a job. */
export const webhookPath = (connectionId: string): string => `/webhooks/${connectionId}`;

/** Where a carrier is to deliver. A request with the right address still needs the carrier's proof; any other gets a 404. */
export const webhookUrl = (publicUrl: string, connectionId: string, segment: string): string =>
  `${publicUrl}${webhookPath(connectionId)}/${segment}`;

const BODY_LIMIT_BYTES = 1024 * 1024;

/** Whatever kept us from storing it, the carrier has it still and sends it again. */
const notStored = (error: unknown): Refusal =>
  new Refusal(
    'not_ready',
    error instanceof InboxFull
      ? 'More events come in than can be stored at this moment. Send this one again in a few seconds.'
      : 'The event could not be stored. Send it again in a few seconds; the log says what is wrong.',
    { cause: error, retryAfterSeconds: 5 },
  );

interface Params {
  readonly connection_id: string;
  readonly segment?: string;
}

export function carrierWebhooks(ports: CarrierWebhookPorts) {
  // A plugin of its own, so that the raw bytes, which the duplicate check is over, reach these routes only.
  return async (app: FastifyInstance): Promise<void> => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    );

    const find = (request: FastifyRequest<{ Params: Params }>): CarrierWebhook => {
      const webhook = ports.webhookOf(request.params.connection_id);
      if (webhook === null) throw noSuchPath();
      return webhook;
    };

    const receive = async (
      request: FastifyRequest<{ Params: Params }>,
      path: 'secret' | 'plain',
    ): Promise<{ message: 'stored' | 'duplicate' }> => {
      const webhook = find(request);
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      let verified = webhook.verify(body, path);
      if (!verified.ok && verified.because === 'token') {
        await webhook.learn();
        verified = webhook.verify(body, path);
      }
      if (!verified.ok) {
        ports.refused(verified.because, request);
        throw verified.because === 'token'
          ? new Refusal('webhook_token', webhook.refusedMessage)
          : new Refusal(
              'invalid_request',
              'The body is not a JSON object as the carrier sends it.',
            );
      }
      const { dedupeKey, payload } = verified;
      try {
        return {
          message: await ports.receive(request.params.connection_id, { dedupeKey, payload }),
        };
      } catch (error) {
        throw notStored(error);
      }
    };

    app.post<{ Params: Params }>(
      `${webhookPath(':connection_id')}/:segment`,
      {
        bodyLimit: BODY_LIMIT_BYTES,
        // Held to the secret path and to the carrier's proof.
        config: { permission: 'public' },
        // Before the body is read: a stranger's is not worth the memory.
        onRequest: async (request) => {
          if (isSame(request.params.segment ?? '', ports.segment)) {
            find(request);
            return;
          }
          ports.refused('segment', request);
          throw noSuchPath();
        },
        schema: {
          operationId: 'receiveCarrierEvent',
          tags: ['webhooks'],
          summary: "A carrier's events; the request carries the carrier's proof",
          description: 'The segment is made at the first start; admins see the whole address.',
        },
      },
      (request) => receive(request, 'secret'),
    );
    app.post<{ Params: Params }>(
      webhookPath(':connection_id'),
      {
        bodyLimit: BODY_LIMIT_BYTES,
        config: { permission: 'public' },
        schema: {
          operationId: 'receiveCarrierEventWithoutSegment',
          tags: ['webhooks'],
          summary: 'The same, for webhooks registered by hand or by an older version',
        },
      },
      async (request) => {
        find(request);
        const { guesses } = ports;
        const network = clientNetwork(request.ip);
        // What cannot be counted is no reason to lose an event.
        const made = await guesses?.get(network).catch(() => null);
        if (guesses !== undefined && made && made.consumedPoints >= guesses.points) {
          throw new Refusal(
            'rate_limited',
            'Too many deliveries from this address had a wrong token. Wait a minute; check the webhook token of the connection.',
            { retryAfterSeconds: Math.ceil(made.msBeforeNext / 1000) },
          );
        }
        try {
          return await receive(request, 'plain');
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

const noSuchPath = (): Refusal => new Refusal('not_found', 'There is no such path.');

/** Compares digests, which have one length: the time taken reveals nothing. */
function isSame(offered: string, known: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(offered), digest(known));
}
