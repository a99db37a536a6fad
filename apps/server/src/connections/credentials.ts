import type { Clock } from '@outdial/core';
import type { CredentialField, CredentialsNow } from '@outdial/kit';
import { type ListedSecret, type SecretStore, secretsOf } from '@outdial/postgres';
import type { EnvironmentConnection } from '../config/environment-connections.js';
import { CannotOpen, type Keyring } from '../secrets/keyring.js';

/** What is known of one, and never the value. */
export interface CredentialState {
  readonly field: CredentialField;
  /** null: it is not set. */
  readonly source: 'environment' | 'stored' | null;
  readonly environmentVariable: string | null;
  /** False: the environment decides about its group. */
  readonly editable: boolean;
  readonly updatedAt: Date | null;
  readonly updatedBy: ListedSecret['updatedBy'];
  /** It is stored and cannot be decrypted: a sentence for users. */
  readonly problem: string | null;
}

/** The credentials of one connection. */
export interface ConnectionCredentials extends CredentialsNow {
  list(): Promise<readonly CredentialState[]>;
  /** False: the environment decides about it. Throws for a name that the integration does not have. */
  isEditable(name: string): boolean;
  /** Seals the value for `SecretStore.put`. */
  seal(name: string, value: string): { name: string; sealed: string; keyId: string };
}

/** What a connection's credentials are made of. */
export interface CredentialOwner {
  readonly connectionId: string;
  readonly fields: readonly CredentialField[];
  /** null: the environment says nothing of this connection. */
  readonly environment: Pick<EnvironmentConnection, 'credentials'> | null;
}

/**
 * The stored credentials of all connections. They are read again after a few seconds at most, so that every node follows without
 * a restart; the node that changed them calls `readAgain`.
 */
export interface StoredCredentials {
  of(owner: CredentialOwner): ConnectionCredentials;
  readAgain(): Promise<void>;
  /** On this node, when other values are in force. Returns how to stop listening. */
  onChange(listener: () => void): () => void;
}

const FOLLOW_WITHIN_MS = 3_000;
const PREFIX = secretsOf('').replace(/\.$/, '');

/** Of a stored credential, which is also what its sealed text is bound to. */
export const storedName = (connectionId: string, name: string): string =>
  `${secretsOf(connectionId)}${name}`;

export function createStoredCredentials(ports: {
  readonly store: Pick<SecretStore, 'list'>;
  readonly keyring: Keyring;
  readonly clock: Clock;
}): StoredCredentials {
  const { store, keyring, clock } = ports;
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
        // Sealed with a key that this node does not have yet: what it knew is in force still.
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

  function of({ connectionId, fields, environment }: CredentialOwner): ConnectionCredentials {
    const fieldOf = (name: string): CredentialField => {
      const field = fields.find((each) => each.name === name);
      if (field === undefined) throw new Error(`There is no credential ${name}.`);
      return field;
    };
    /** The environment wins, by groups: an API id that was stored does not go with a token of the environment. */
    const groups = new Set(
      fields.flatMap(({ name, group }) =>
        environment?.credentials[name]?.value === undefined ? [] : [group],
      ),
    );
    const isFromEnvironment = (name: string): boolean => groups.has(fieldOf(name).group);
    const given = (name: string): string | null => environment?.credentials[name]?.value ?? null;
    return {
      async value(name) {
        if (isFromEnvironment(name)) return given(name);
        const found = (await read()).get(storedName(connectionId, name));
        if (found === undefined) return null;
        if (found.value === null) throw new CannotOpen(found.problem ?? '');
        return found.value;
      },
      known(name) {
        if (isFromEnvironment(name)) return given(name);
        return seen?.values.get(storedName(connectionId, name))?.value ?? null;
      },
      async list() {
        const stored = await readNow();
        return fields.map((field) => {
          const environmentVariable = environment?.credentials[field.name]?.variable ?? null;
          if (isFromEnvironment(field.name)) {
            const source = given(field.name) === null ? null : ('environment' as const);
            return {
              field,
              source,
              environmentVariable,
              editable: false,
              updatedAt: null,
              updatedBy: null,
              problem: null,
            };
          }
          const row = stored.get(storedName(connectionId, field.name));
          return {
            field,
            source: row === undefined ? null : ('stored' as const),
            environmentVariable,
            editable: true,
            updatedAt: row?.updatedAt ?? null,
            updatedBy: row?.updatedBy ?? null,
            problem: row?.problem ?? null,
          };
        });
      },
      isEditable: (name) => !isFromEnvironment(name),
      seal(name, value) {
        const boundTo = storedName(connectionId, fieldOf(name).name);
        return { name: boundTo, sealed: keyring.seal(value, boundTo), keyId: keyring.keyId };
      },
    };
  }

  return {
    of,
    // After a change of ours, also while a look from before it is under way.
    async readAgain() {
      await reading?.catch(() => undefined);
      await readNow();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

interface Opened {
  /** null: it cannot be decrypted, `problem` says why. */
  readonly value: string | null;
  readonly problem: string | null;
  readonly updatedAt: Date;
  readonly updatedBy: ListedSecret['updatedBy'];
}

function opened(row: ListedSecret, keyring: Keyring): Opened {
  const { updatedAt, updatedBy } = row;
  try {
    return { value: keyring.open(row.sealed, row.name), problem: null, updatedAt, updatedBy };
  } catch (error) {
    if (!(error instanceof CannotOpen)) throw error;
    return { value: null, problem: error.message, updatedAt, updatedBy };
  }
}

const isSame = (one: ReadonlyMap<string, Opened>, other: ReadonlyMap<string, Opened>): boolean =>
  one.size === other.size &&
  [...one].every(([name, { value }]) => other.get(name)?.value === value);
