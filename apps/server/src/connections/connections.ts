import { type Carriers, type Clock, closedCarrier, type Telephony } from '@outdial/core';
import type { CarrierDeps, CarrierManifest, OpenCarrier } from '@outdial/kit';
import type { Connection, ConnectionStore } from '@outdial/postgres';
import type { Logger } from 'pino';
import type { EnvironmentConnection } from '../config/environment-connections.js';
import type { ConnectionCredentials, StoredCredentials } from './credentials.js';

/** A connection with what this process has of it. */
export interface KnownConnection {
  readonly row: Connection;
  readonly manifest: CarrierManifest;
  /** null: the environment says nothing of it. */
  readonly environment: EnvironmentConnection | null;
  readonly credentials: ConnectionCredentials;
  /** Stored ones, with those of the environment above them. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** null: it is removed, or could not be opened (`openProblem`). */
  readonly carrier: OpenCarrier | null;
  readonly openProblem: string | null;
}

export interface ConnectionsPorts {
  readonly store: ConnectionStore;
  readonly manifests: readonly CarrierManifest[];
  readonly credentials: StoredCredentials;
  readonly environment: readonly EnvironmentConnection[];
  /** Only connections that ring no real phone are opened (PRACTICE_ONLY). */
  readonly practiceOnly: boolean;
  readonly clock: Clock;
  readonly log: Logger;
  /** What a carrier needs of the program, except what belongs to its connection. */
  readonly depsFor: (
    connectionId: string,
  ) => Omit<CarrierDeps, 'connectionId' | 'settings' | 'credentials'>;
}

/** The connections of this process. They follow their rows, so that one that is added on any node needs no restart. */
export interface Connections extends Carriers {
  /** The oldest first; `removed` ones too, as the history names them. */
  list(): readonly KnownConnection[];
  get(id: string): KnownConnection | null;
  /** Where calls may go: enabled and not removed. */
  usable(): readonly KnownConnection[];
  /** Reads the rows, opens what is new, closes what is gone. One at a time; the second call waits for the first. */
  follow(): Promise<void>;
  /** From here on carriers may send and deliver; also those that are opened later. */
  start(): void;
  close(): Promise<void>;
}

export function createConnections(ports: ConnectionsPorts): Connections {
  const { store, log } = ports;
  let known = new Map<string, KnownConnection>();
  let isStarted = false;
  let isClosed = false;
  let following: Promise<void> = Promise.resolve();

  async function look(): Promise<void> {
    if (isClosed) return;
    const next = new Map<string, KnownConnection>();
    for (const row of await store.list()) {
      const manifest = ports.manifests.find(({ id }) => id === row.integration);
      // Stored by a release that had more integrations than this one.
      if (manifest === undefined) continue;
      next.set(row.id, await follow(row, manifest, known.get(row.id)));
    }
    const before = known;
    known = next;
    for (const [id, { carrier }] of before) {
      if (carrier !== null && carrier !== next.get(id)?.carrier) await closeOne(id, carrier);
    }
  }

  async function follow(
    row: Connection,
    manifest: CarrierManifest,
    before: KnownConnection | undefined,
  ): Promise<KnownConnection> {
    const environment =
      row.id === row.integration
        ? (ports.environment.find(({ integration }) => integration === row.id) ?? null)
        : null;
    const credentials =
      before?.credentials ??
      ports.credentials.of({ connectionId: row.id, fields: manifest.credentials, environment });
    const base = { row, manifest, environment, credentials };
    const read = settingsInForce(row, manifest, environment);
    if (row.removedAt !== null) {
      return { ...base, settings: row.settings, carrier: null, openProblem: null };
    }
    if (ports.practiceOnly && manifest.isPractice !== true) {
      return { ...base, settings: row.settings, carrier: null, openProblem: PRACTICE_ONLY };
    }
    if (!read.ok) {
      const carrier = before?.carrier ?? null;
      return { ...base, settings: row.settings, carrier, openProblem: read.problem };
    }
    const { settings } = read;
    if (before?.carrier && isSame(before.settings, settings)) {
      return { ...base, settings, carrier: before.carrier, openProblem: null };
    }
    if (before?.carrier?.applySettings?.(settings) === true) {
      log.info({ connection_id: row.id }, 'connection settings changed');
      return { ...base, settings, carrier: before.carrier, openProblem: null };
    }
    try {
      const carrier = await manifest.open({
        ...ports.depsFor(row.id),
        connectionId: row.id,
        settings,
        credentials,
      });
      if (isStarted) carrier.start();
      log.info({ connection_id: row.id, integration: manifest.id }, 'connection opened');
      return { ...base, settings, carrier, openProblem: null };
    } catch (error) {
      const openProblem = `The connection could not be opened: ${error instanceof Error ? error.message : String(error)}`;
      if (before?.openProblem !== openProblem) {
        log.error({ connection_id: row.id, err: error }, 'connection could not be opened');
      }
      // What worked goes on until the settings are right again.
      return { ...base, settings, carrier: before?.carrier ?? null, openProblem };
    }
  }

  async function closeOne(id: string, carrier: OpenCarrier): Promise<void> {
    await carrier.close().catch((error: unknown) => {
      log.warn({ connection_id: id, err: error }, 'connection could not be closed in order');
    });
    log.info({ connection_id: id }, 'connection closed');
  }

  const telephonyOf = (id: string): Telephony =>
    known.get(id)?.carrier?.telephony ?? closedCarrier(id);

  return {
    of: telephonyOf,
    open: () => [...known.values()].flatMap(({ carrier }) => carrier?.telephony ?? []),
    closedBecause(id) {
      const connection = known.get(id);
      if (connection === undefined) return `The connection ${id} is not known on this server.`;
      return reasonNotToCall(connection);
    },
    list: () => [...known.values()],
    get: (id) => known.get(id) ?? null,
    usable: () => [...known.values()].filter((each) => reasonNotToCall(each) === null),
    follow() {
      following = following.catch(() => undefined).then(look);
      return following;
    },
    start() {
      isStarted = true;
      for (const { carrier } of known.values()) carrier?.start();
    },
    async close() {
      await following.catch(() => undefined);
      isClosed = true;
      const open = [...known].flatMap(([id, { carrier }]) =>
        carrier === null ? [] : [{ id, carrier }],
      );
      await Promise.all(open.map(({ id, carrier }) => closeOne(id, carrier)));
    },
  };
}

const PRACTICE_ONLY =
  'This server was started for practice only (PRACTICE_ONLY), so it opens no connection that rings real phones.';

/** null: calls may be placed, as far as the connection itself goes. */
export function reasonNotToCall({ row, carrier, openProblem }: KnownConnection): string | null {
  if (row.removedAt !== null) return `The connection ${row.label} was removed. Choose another one.`;
  if (!row.enabled)
    return `The connection ${row.label} is disabled. An admin can enable it under Settings, Connections.`;
  return carrier === null ? (openProblem ?? `The connection ${row.label} is not open yet.`) : null;
}

/** The stored settings with those of the environment above them, as the manifest reads them. */
export function settingsInForce(
  row: Pick<Connection, 'settings'>,
  manifest: CarrierManifest,
  environment: EnvironmentConnection | null,
):
  | { readonly ok: true; readonly settings: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly problem: string } {
  const given = Object.fromEntries(
    Object.entries(environment?.settings ?? {}).map(([name, { value }]) => [name, value]),
  );
  const read = manifest.settings.safeParse({ ...row.settings, ...given });
  if (read.success) return { ok: true, settings: read.data };
  const [first] = read.error.issues;
  return {
    ok: false,
    problem: `The stored settings do not fit this release: ${first?.path.join('.') ?? ''} ${first?.message ?? ''}. Save them again.`,
  };
}

const isSame = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other);
