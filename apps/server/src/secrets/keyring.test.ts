import { describe, expect, it } from 'vitest';
import { CannotOpen, createKeyring } from './keyring.js';

const OLD = 'the key of last year, which is long enough';
const NEW = 'the key of this year, which is long enough';

describe('what is sealed', () => {
  const keyring = createKeyring(NEW, [OLD]);

  it('what is sealed opens again, with its own key only, and never looks the same twice', () => {
    const sealed = keyring.seal('hunter2 ünïcode', 'credentials.x');
    expect(keyring.open(sealed, 'credentials.x')).toBe('hunter2 ünïcode');
    expect(sealed).not.toContain('hunter2');
    expect(keyring.seal('hunter2 ünïcode', 'credentials.x')).not.toBe(sealed);
    expect(() => createKeyring(OLD).open(sealed, 'credentials.x')).toThrow(CannotOpen);
  });

  it('what is sealed belongs to one name: moved to another row it does not open', () => {
    const sealed = keyring.seal('hunter2', 'credentials.x');
    expect(() => keyring.open(sealed, 'credentials.y')).toThrow(/was changed since it was sealed/);
  });

  it('what is sealed tells of every change, of whichever part', () => {
    const sealed = keyring.seal('hunter2', 'x');
    const parts = sealed.split('.');
    for (const at of [0, 1, 2, 3]) {
      const part = parts[at] ?? '';
      const other = `${part.startsWith('A') ? 'B' : 'A'}${part.slice(1)}`;
      const changed = parts.map((each, index) => (index === at ? other : each)).join('.');
      expect(() => keyring.open(changed, 'x')).toThrow(CannotOpen);
    }
    for (const cut of ['', 'v1', 'v1.a.b', `${sealed}.more`, sealed.slice(0, -30)]) {
      expect(() => keyring.open(cut, 'x')).toThrow(CannotOpen);
    }
  });

  it('what is sealed with an older key opens while that key is named, and is sealed anew with the newest', () => {
    const old = createKeyring(OLD).seal('hunter2', 'x');
    expect(keyring.open(old, 'x')).toBe('hunter2');
    expect(keyring.keyIdOf(old)).not.toBe(keyring.keyId);
    expect(keyring.keyIdOf(keyring.seal('hunter2', 'x'))).toBe(keyring.keyId);
  });

  it('what is sealed says which key is missing, and nothing of what it was to open', () => {
    const sealed = createKeyring(OLD).seal('hunter2', 'credentials.x');
    const message = (() => {
      try {
        createKeyring(NEW).open(sealed, 'credentials.x');
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    })();
    expect(message).toMatch(/credentials\.x.*SECRET_KEY_PREVIOUS/);
    expect(message).not.toContain('hunter2');
  });
});
