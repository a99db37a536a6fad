import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

/** What is sealed cannot be read with the keys at hand: SECRET_KEY is another one, or the row was changed by hand. */
export class CannotOpen extends Error {
  override readonly name = 'CannotOpen';
}

/** Seals short texts with AES-256-GCM (NIST SP 800-38D) under a key made of SECRET_KEY. */
export interface Keyring {
  /** Of the key that seals. */
  readonly keyId: string;
  /** `boundTo`: what the text belongs to, such as its name; it opens there only. */
  seal(text: string, boundTo: string): string;
  /** Throws `CannotOpen`. */
  open(sealed: string, boundTo: string): string;
  /** The id of the key that something was sealed with. */
  keyIdOf(sealed: string): string;
}

const VERSION = 'v1';
/** 96 random bits for each (SP 800-38D, 8.2.2): with some thousands of texts a key the chance that two are equal is nil. */
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** `previous`: older keys, which open and do not seal. */
export function createKeyring(current: string, previous: readonly string[] = []): Keyring {
  const sealing = keyOf(current);
  const keys = new Map([sealing, ...previous.map(keyOf)].map((key) => [key.id, key.bytes]));
  return {
    keyId: sealing.id,
    seal(text, boundTo) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', sealing.bytes, iv, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(boundTo));
      const sealed = Buffer.concat([
        cipher.update(text, 'utf8'),
        cipher.final(),
        cipher.getAuthTag(),
      ]);
      return [VERSION, sealing.id, iv.toString('base64url'), sealed.toString('base64url')].join(
        '.',
      );
    },
    open(sealed, boundTo) {
      const { keyId, iv, bytes } = partsOf(sealed);
      const key = keys.get(keyId);
      if (key === undefined) {
        throw new CannotOpen(
          `${boundTo} was sealed with the key ${keyId}, which is not at hand. Set SECRET_KEY to what it was, or name the old one in SECRET_KEY_PREVIOUS.`,
        );
      }
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
        decipher.setAAD(Buffer.from(boundTo));
        decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
        return Buffer.concat([
          decipher.update(bytes.subarray(0, -TAG_BYTES)),
          decipher.final(),
        ]).toString();
      } catch (cause) {
        throw new CannotOpen(`${boundTo} was changed since it was sealed. Set it anew.`, { cause });
      }
    },
    keyIdOf: (sealed) => partsOf(sealed).keyId,
  };
}

/**
 * HKDF (RFC 5869) makes 256 bits of a random text of any length; it does not stretch, so a phrase that can be guessed is no key
 * (`read-config.ts` refuses what is plainly not random). The id tells nothing about the key.
 */
function keyOf(secret: string): { readonly id: string; readonly bytes: Buffer } {
  const bytes = Buffer.from(hkdfSync('sha256', secret, '', 'outdial secrets', 32));
  return { bytes, id: createHash('sha256').update(bytes).digest('hex').slice(0, 12) };
}

function partsOf(sealed: string): { keyId: string; iv: Buffer; bytes: Buffer } {
  const [version, keyId, iv, bytes, ...more] = sealed.split('.');
  if (version !== VERSION || !keyId || !iv || !bytes || more.length > 0) {
    throw new CannotOpen('This is not something that was sealed. Set it anew.');
  }
  return { keyId, iv: Buffer.from(iv, 'base64url'), bytes: Buffer.from(bytes, 'base64url') };
}
