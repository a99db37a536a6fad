import type { Clock } from '@outdial/core';
import type { ListedSecret, SecretStore } from '@outdial/postgres';
import { CREDENTIALS, type CredentialName } from '@outdial/protocol';
import { CannotOpen, type Keyring } from './keyring.js';

/** What is known of one, and never the value. */
export interface CredentialState {
  readonly name: CredentialName;
  /** null: it is not set. */
  readonly source: 'environment' | 'stored' | null;
  /** False: the environment decides about its group. */
  readonly editable: boolean;
  readonly updatedAt: Date | null;
  readonly updatedBy: ListedSecret['updatedBy'];
  /** It is stored and cannot be opened: a sentence for people. */
  readonly trouble: string | null;
}

export type FromEnvironment = Readonly<Partial<Record<CredentialName, string>>>;

/**
 * The credentials in force. The environment wins, by groups: an API id that was stored does not go with a token of the
 * environment. What is stored is read again after a few seconds at most, so that every node follows without a restart; the node
 * that changed it follows at once.
 */
export interface Credentials {
  /** null: not set. Throws `CannotOpen`, and what the database throws. */
  value(name: CredentialName): Promise<string | null>;
  /** As last read; null before that. */
  known(name: CredentialName): string | null;
  list(): Promise<readonly CredentialState[]>;
  /** Answers false, and changes nothing, when the environment decides. */
  set(name: CredentialName, value: string, userId: string | null): Promise<boolean>;
  remove(name: CredentialName): Promise<'removed' | 'not_set' | 'from_environment'>;
  /** On this node, once another value was seen to be in force. Answers how to stop listening. */
  onChange(listener: () => void): () => void;
}

const FOLLOW_WITHIN_MS = 3_000;
const NAMES = Object.keys(CREDENTIALS) as CredentialName[];
const PREFIX = 'credentials.';

/** Of a stored credential, which is also what its sealed text is bound to. */
export const storedName = (name: CredentialName): string => `${PREFIX}${name}`;

export function createCredentials(ports: {
  readonly store: SecretStore;
  readonly keyring: Keyring;
  readonly environment: FromEnvironment;
  readonly clock: Clock;
}): Credentials {
  const { store, keyring, environment, clock } = ports;
  const groupsOfEnvironment = new Set(
    NAMES.filter((name) => environment[name] !== undefined).map((name) => CREDENTIALS[name].group),
  );
  const isFromEnvironment = (name: CredentialName): boolean =>
    groupsOfEnvironment.has(CREDENTIALS[name].group);

  const listeners = new Set<() => void>();
  let seen: { readonly at: number; readonly values: ReadonlyMap<string, Opened> } | null = null;
  let reading: Promise<ReadonlyMap<string, Opened>> | null = null;

  async function readNow(): Promise<ReadonlyMap<string, Opened>> {
    const rows = (await store.list()).filter(({ name }) => name.startsWith(PREFIX));
    const before = seen?.values;
    const values = new Map(
      rows.map((row) => {
        const now = opened(row, keyring);
        const known = before?.get(row.name);
        // Sealed anew with a key that this node does not have yet: what it knew is in force still.
        const isKnown =
          now.value === null && known?.updatedAt.getTime() === now.updatedAt.getTime();
        return [row.name, isKnown ? { ...now, value: known.value } : now];
      }),
    );
    seen = { at: clock.now().getTime(), values };
    if (before !== undefined && !isSame(before, values))
      for (const listener of listeners) listener();
    return values;
  }

  /** Many requests at once are one look. */
  function read(): Promise<ReadonlyMap<string, Opened>> {
    const now = clock.now().getTime();
    // A clock that was set back must not make old values last.
    if (seen !== null && now >= seen.at && now - seen.at < FOLLOW_WITHIN_MS) {
      return Promise.resolve(seen.values);
    }
    reading ??= readNow().finally(() => {
      reading = null;
    });
    return reading;
  }

  /** After a change of ours, also while a look from before it is under way. */
  async function readAgain(): Promise<void> {
    await reading?.catch(() => undefined);
    await readNow();
  }

  return {
    async value(name) {
      if (isFromEnvironment(name)) return environment[name] ?? null;
      const found = (await read()).get(storedName(name));
      if (found === undefined) return null;
      if (found.value === null) throw new CannotOpen(found.trouble ?? '');
      return found.value;
    },
    known(name) {
      if (isFromEnvironment(name)) return environment[name] ?? null;
      return seen?.values.get(storedName(name))?.value ?? null;
    },
    async list() {
      const stored = await readNow();
      return NAMES.map((name) => {
        const row = stored.get(storedName(name));
        const editable = !isFromEnvironment(name);
        if (!editable) {
          const source = environment[name] === undefined ? null : ('environment' as const);
          return { name, source, editable, updatedAt: null, updatedBy: null, trouble: null };
        }
        return {
          name,
          source: row === undefined ? null : ('stored' as const),
          editable,
          updatedAt: row?.updatedAt ?? null,
          updatedBy: row?.updatedBy ?? null,
          trouble: row?.trouble ?? null,
        };
      });
    },
    async set(name, value, userId) {
      if (isFromEnvironment(name)) return false;
      const boundTo = storedName(name);
      await store.put(
        { name: boundTo, sealed: keyring.seal(value, boundTo), keyId: keyring.keyId },
        { userId, now: clock.now() },
      );
      await readAgain();
      return true;
    },
    async remove(name) {
      if (isFromEnvironment(name)) return 'from_environment';
      const removed = await store.remove(storedName(name));
      await readAgain();
      return removed ? 'removed' : 'not_set';
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

interface Opened {
  /** null: it cannot be opened, `trouble` says why. */
  readonly value: string | null;
  readonly trouble: string | null;
  readonly updatedAt: Date;
  readonly updatedBy: ListedSecret['updatedBy'];
}

function opened(row: ListedSecret, keyring: Keyring): Opened {
  const { updatedAt, updatedBy } = row;
  try {
    return { value: keyring.open(row.sealed, row.name), trouble: null, updatedAt, updatedBy };
  } catch (error) {
    if (!(error instanceof CannotOpen)) throw error;
    return { value: null, trouble: error.message, updatedAt, updatedBy };
  }
}

const isSame = (one: ReadonlyMap<string, Opened>, other: ReadonlyMap<string, Opened>): boolean =>
  one.size === other.size &&
  [...one].every(([name, { value }]) => other.get(name)?.value === value);
