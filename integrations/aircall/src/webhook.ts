import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Aircall proves itself by a `token` inside the JSON body; there is no signature header (reference 8.4). Old events
 * are not refused: their retries reach 12 hours back.
 */
export type VerifiedWebhook =
  | {
      readonly ok: true;
      /** As it came, except that the token is blacked out: this is what the inbox keeps. */
      readonly payload: Readonly<Record<string, unknown>>;
      /**
       * There is no event id, so the same bytes are the same event (reference 8.3); all but the token, as two webhooks with
       * one URL tell the same event each with its own.
       */
      readonly dedupeKey: string;
    }
  | {
      readonly ok: false;
      /**
       * token       none, or not one of ours: answer 401
       * not_json    answer 400
       * not_object  JSON, but no event: answer 400
       */
      readonly because: 'token' | 'not_json' | 'not_object';
    };

export const REDACTED_TOKEN = '[redacted]';

/** Several tokens, as a webhook that was made anew has another one while the old one's retries still come. */
export function verifyWebhook(rawBody: Buffer, tokens: readonly string[]): VerifiedWebhook {
  const body = parse(rawBody);
  if (body === undefined) return { ok: false, because: 'not_json' };
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return { ok: false, because: 'not_object' };
  }
  const { token } = body as Record<string, unknown>;
  if (typeof token !== 'string' || !isOneOf(token, tokens)) return { ok: false, because: 'token' };
  return {
    ok: true,
    payload: { ...body, token: REDACTED_TOKEN },
    dedupeKey: digestWithout(rawBody, JSON.stringify(token)),
  };
}

function parse(rawBody: Buffer): unknown {
  try {
    return JSON.parse(rawBody.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

/** Compares digests, which have one length, and always all of them: the time taken reveals nothing. */
function isOneOf(token: string, tokens: readonly string[]): boolean {
  const offered = digest(token);
  let matches = 0;
  for (const known of tokens) {
    const isEqual = timingSafeEqual(offered, digest(known));
    if (isEqual && known !== '') matches++;
  }
  return matches > 0;
}

function digestWithout(rawBody: Buffer, part: string): string {
  const hash = createHash('sha256');
  const at = rawBody.indexOf(part);
  if (at < 0) return hash.update(rawBody).digest('hex');
  const rest = rawBody.subarray(at + Buffer.byteLength(part));
  return hash.update(rawBody.subarray(0, at)).update(rest).digest('hex');
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
