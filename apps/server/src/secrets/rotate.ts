import type { OpenDatabase } from '@outdial/postgres';
import { CannotOpen, type Keyring } from './keyring.js';
import { listSealed } from './sealed.js';

export interface Rotated {
  /** Sealed with the new key now, and not before. */
  readonly resealed: number;
  /** Sealed with the new key already. */
  readonly already: number;
  /** What no key at hand opens, by name: it stays as it is. */
  readonly closed: readonly string[];
}

/** Changes that come meanwhile are sealed by nodes that know the new key, so a second round finds next to nothing. */
const ROUNDS = 5;

/**
 * Seals everything that is sealed with the keyring's own key. Each text is one statement that lands only on what was read: safe
 * beside running nodes, when it is killed half-way, and when it runs twice; each run does what is left. No request waits for it.
 */
export async function rotateSecrets(db: OpenDatabase['db'], keyring: Keyring): Promise<Rotated> {
  let resealed = 0;
  for (let round = 1; ; round += 1) {
    let already = 0;
    let overtaken = 0;
    const closed: string[] = [];
    for (const sealed of await listSealed(db)) {
      try {
        if (keyring.keyIdOf(sealed.text) === keyring.keyId) {
          already += 1;
          continue;
        }
        const text = keyring.seal(keyring.open(sealed.text, sealed.boundTo), sealed.boundTo);
        if (await sealed.reseal(text, keyring.keyId)) resealed += 1;
        else overtaken += 1;
      } catch (error) {
        if (!(error instanceof CannotOpen)) throw error;
        closed.push(sealed.boundTo);
      }
    }
    if (overtaken === 0 || round === ROUNDS) return { resealed, already, closed };
  }
}
