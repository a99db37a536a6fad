import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalEmail, personHashes } from './person-hashes.js';

const hmac = (key: Uint8Array, text: string): string =>
  createHmac('sha256', key).update(text).digest('hex');

describe('the hash of a person', () => {
  it('the hash of a person is the HMAC-SHA-256 of kind and text, whatever the key and the letters', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        fc.array(fc.string({ unit: 'binary', maxLength: 400 }), { maxLength: 5 }),
        (key, texts) => {
          const hashes = personHashes(key);
          for (const text of [...texts, 'x'.repeat(335), 'é'.repeat(600), '\uD800']) {
            expect(hashes.phoneInHex(text)).toBe(hmac(key, `phone\0${text}`));
            expect(hashes.emailInHex(text)).toBe(hmac(key, `email\0${normalEmail(text)}`));
          }
        },
      ),
    );
  });

  it('the hash of a person is the same in bytes and in hexadecimal', () => {
    const hashes = personHashes(Buffer.alloc(32, 7));
    expect(Buffer.from(hashes.phone('+12025550101')).toString('hex')).toBe(
      hashes.phoneInHex('+12025550101'),
    );
    expect(Buffer.from(hashes.email(' Ann@Example.com ')).toString('hex')).toBe(
      hashes.emailInHex('ann@example.com'),
    );
  });
});
