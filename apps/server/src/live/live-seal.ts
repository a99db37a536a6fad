import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/**
 * Seals what nodes tell each other over Redis with AES-256-GCM, so that a program that can reach Redis can neither read the names and
 * numbers in it nor add anything of their own. `boundTo`: everything around the text that must not be exchanged either.
 */
export interface LiveSeal {
  /** `by`: the process that seals; each has a key of its own. */
  seal(text: string, by: string, boundTo: readonly string[]): string;
  /** null: it was not sealed by a node of this installation, or was changed. */
  open(sealed: string, by: string, boundTo: readonly string[]): string | null;
}

const IV_BYTES = 12;
const TAG_BYTES = 16;
/** More processes than ever write to one log; names that are made up must not fill the memory. */
const KEYS_KEPT = 100;

/**
 * `key`: as it is now (`InternalKeys.accessTokens`, which can be replaced while nodes run). A key for each process keeps the
 * number of texts under one key far below the 2^32 that random IVs allow (NIST SP 800-38D, 8.3).
 */
export function createLiveSeal(key: () => Uint8Array): LiveSeal {
  let of: Uint8Array = new Uint8Array();
  let keys = new Map<string, Buffer>();
  function keyOf(by: string): Buffer {
    const now = key();
    if (now !== of || keys.size >= KEYS_KEPT) {
      of = now;
      keys = new Map();
    }
    let known = keys.get(by);
    if (known === undefined) {
      known = Buffer.from(hkdfSync('sha256', now, by, 'outdial live entry', 32));
      keys.set(by, known);
    }
    return known;
  }
  const bytesOf = (boundTo: readonly string[]): Buffer => Buffer.from(JSON.stringify(boundTo));
  return {
    seal(text, by, boundTo) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', keyOf(by), iv, { authTagLength: TAG_BYTES });
      cipher.setAAD(bytesOf(boundTo));
      const sealed = [iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
      return Buffer.concat(sealed).toString('base64url');
    },
    open(sealed, by, boundTo) {
      const bytes = Buffer.from(sealed, 'base64url');
      if (bytes.length < IV_BYTES + TAG_BYTES || by.length > 100) return null;
      try {
        const iv = bytes.subarray(0, IV_BYTES);
        const opens = createDecipheriv('aes-256-gcm', keyOf(by), iv, { authTagLength: TAG_BYTES });
        opens.setAAD(bytesOf(boundTo));
        opens.setAuthTag(bytes.subarray(-TAG_BYTES));
        const text = opens.update(bytes.subarray(IV_BYTES, -TAG_BYTES));
        return Buffer.concat([text, opens.final()]).toString();
      } catch {
        return null;
      }
    },
  };
}
