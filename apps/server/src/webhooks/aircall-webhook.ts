import { InboxFull } from '@outdial/core';
import { verifyWebhook } from '@outdial/telephony-aircall';
import type { FastifyInstance } from 'fastify';
import { ProblemError } from '../http/problems.js';

export interface AircallWebhookPorts {
  /** The tokens to accept at this moment. */
  tokens(): readonly string[];
  /** Asks for tokens that another node may have got; resolves soon, whatever comes of it. */
  learnTokens(): Promise<void>;
  /** Resolves once the event is stored (P7). */
  receive(event: { dedupeKey: string; payload: unknown }): Promise<'stored' | 'duplicate'>;
  /** Somebody sent something that is not Aircall's. */
  refused(because: string): void;
}

/** Aircall gives us 5 s (reference 8.1): check the token, store the event, answer. The rest is a job. */
export const AIRCALL_WEBHOOK_PATH = '/webhooks/aircall';
const BODY_LIMIT = 1024 * 1024;

/** Whatever kept us from storing it, Aircall has it still and sends it again (reference 8.1). */
const notStored = (error: unknown): ProblemError =>
  new ProblemError(
    'not_ready',
    error instanceof InboxFull
      ? 'More events come in than can be stored at this moment. Send this one again in a few seconds.'
      : 'The event could not be stored. Send it again in a few seconds; the log says what is wrong.',
    { cause: error, headers: { 'retry-after': '5' } },
  );

export function aircallWebhook(ports: AircallWebhookPorts) {
  // A plugin of its own, so that the raw bytes, which the duplicate check is over, reach this route only.
  return async (app: FastifyInstance): Promise<void> => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    );
    app.post(
      AIRCALL_WEBHOOK_PATH,
      {
        bodyLimit: BODY_LIMIT,
        schema: {
          operationId: 'receiveAircallEvent',
          tags: ['webhooks'],
          summary: "Aircall's events; the body carries the webhook's token",
        },
      },
      async (request) => {
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        let verified = verifyWebhook(body, ports.tokens());
        if (!verified.ok && verified.because === 'token') {
          await ports.learnTokens();
          verified = verifyWebhook(body, ports.tokens());
        }
        if (!verified.ok) {
          ports.refused(verified.because);
          throw verified.because === 'token'
            ? new ProblemError(
                'webhook_token',
                "The token in the body is missing or not this webhook's. Register the webhook again, or set AIRCALL_WEBHOOK_TOKEN.",
              )
            : new ProblemError(
                'invalid_request',
                'The body is not a JSON object as Aircall sends it.',
              );
        }
        const { dedupeKey, payload } = verified;
        try {
          return { message: await ports.receive({ dedupeKey, payload }) };
        } catch (error) {
          throw notStored(error);
        }
      },
    );
  };
}
