import type { CarrierManifest } from '@outdial/kit';
import type { CreateConnection, PatchConnection } from '@outdial/protocol';
import type { Author } from '../../access/audit-trail.js';
import { changedFields } from '../../access/changed-fields.js';
import type { KnownConnection } from '../../connections/connections.js';
import { findCarrier } from '../../integrations/find-integration.js';
import { doesNotFit } from '../../platform/does-not-fit.js';
import { notFound, Refusal } from '../../platform/refusal.js';
import type { HttpPorts } from '../http-ports.js';

type Ports = Pick<
  HttpPorts,
  'connections' | 'connectionStore' | 'storedCredentials' | 'changes' | 'clock' | 'jobs'
>;

type Values = Readonly<Record<string, unknown>>;
type CredentialChanges = Readonly<Record<string, string | null>>;

/** Connects a phone system; answers the id. The row, its sealed credentials and the audit entry are stored together or not at all. */
export async function addConnection(
  ports: Ports,
  wish: CreateConnection,
  author: Author,
): Promise<string> {
  const manifest = findCarrier(wish.integration);
  if (manifest === null || manifest.isPractice === true) {
    throw doesNotFit([
      { field: 'integration', message: 'is not one that can be added; see GET /api/integrations' },
    ]);
  }
  const settings = readSettings(manifest, wish.settings ?? {});
  const credentials = wish.credentials ?? {};
  refuseUnknownCredentials(manifest, credentials);
  const now = ports.clock.now();
  const id = await ports.changes.run(async (stores, record) => {
    const row = await stores.connections.create(
      {
        integration: manifest.id,
        label: wish.label ?? manifest.label,
        settings,
        enabled: wish.enabled ?? true,
      },
      now,
    );
    const owner = ports.storedCredentials.of({
      connectionId: row.id,
      fields: manifest.credentials,
      environment: null,
    });
    for (const [name, value] of Object.entries(credentials)) {
      await stores.secrets.put(owner.seal(name, value), { userId: userOf(author), now });
    }
    record({
      ...author,
      action: 'connection_added',
      target: { kind: 'connection', id: row.id },
      details: {
        integration: manifest.id,
        ...changedFields({}, audited(row)),
        credentials_set: Object.keys(credentials),
      },
    });
    return row.id;
  });
  await follow(ports);
  return id;
}

/**
 * Label, settings, enabled, credentials. A setting that is an address decides where stored credentials are sent, so a change of it removes
 * those that do not come with it.
 */
export async function changeConnection(
  ports: Ports,
  connection: KnownConnection,
  wish: PatchConnection,
  author: Author,
): Promise<void> {
  const { manifest, environment, credentials: owner } = connection;
  if (wish.enabled === false) refuseAlwaysThere(connection, 'disabled');
  const settings = wish.settings && readSettings(manifest, wish.settings);
  refuseOverruled(connection, settings);
  const stored = settings && withoutOverruled(connection, settings);
  const changes = {
    ...(settings !== undefined && isSentElsewhere(connection, settings)
      ? Object.fromEntries(manifest.credentials.map(({ name }) => [name, null]))
      : {}),
    ...wish.credentials,
  } satisfies CredentialChanges;
  refuseUnknownCredentials(manifest, changes);
  const overruled = Object.keys(wish.credentials ?? {}).find((name) => !owner.isEditable(name));
  if (overruled !== undefined) {
    const variable = environment?.credentials[overruled]?.variable ?? 'a variable';
    throw setInEnvironment(`the credential ${overruled}`, variable);
  }
  const now = ports.clock.now();
  await ports.changes.run(async (stores, record) => {
    const before = await stores.connections.get(connection.row.id);
    const answer = await stores.connections.patch(
      connection.row.id,
      {
        ...(wish.label !== undefined && { label: wish.label }),
        ...(wish.enabled !== undefined && { enabled: wish.enabled }),
        ...(stored !== undefined && { settings: stored }),
      },
      wish.version,
      now,
    );
    if (before === null || answer.kind === 'not_found') throw notFound('connection');
    if (answer.kind === 'conflict') {
      throw new Refusal(
        'version_conflict',
        `The connection is at version ${answer.version}, not ${wish.version}. Read it again, then save.`,
        { errors: [{ field: 'version', message: `is not ${answer.version}` }] },
      );
    }
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) await stores.secrets.remove(owner.seal(name, '-').name);
      else await stores.secrets.put(owner.seal(name, value), { userId: userOf(author), now });
    }
    record({
      ...author,
      action: 'connection_changed',
      target: { kind: 'connection', id: connection.row.id },
      details: {
        ...changedFields(audited(before), audited(answer.connection)),
        credentials_set: namesOf(changes, (value) => value !== null),
        credentials_removed: namesOf(changes, (value) => value === null),
      },
    });
  });
  await follow(ports);
  // A session that waits for a call to end would notice a disabled connection only then; a lost hint does no more harm than that.
  for (const id of await ports.connectionStore.runningSessions(connection.row.id)) {
    ports.jobs.wake({ job: 'advance-session', id });
  }
}

export async function removeConnection(
  ports: Ports,
  connection: KnownConnection,
  author: Author,
): Promise<void> {
  refuseAlwaysThere(connection, 'removed');
  const { id, label } = connection.row;
  await ports.changes.run(async (stores, record) => {
    const answer = await stores.connections.remove(id, ports.clock.now());
    if (answer.kind === 'not_found') throw notFound('connection');
    if (answer.kind === 'in_use') {
      throw new Refusal(
        'connection_in_use',
        `A session goes through ${label} (${answer.sessionId}). Disable the connection, stop the session and wait for its calls to end; then remove it.`,
      );
    }
    record({
      ...author,
      action: 'connection_removed',
      target: { kind: 'connection', id },
      details: { label },
    });
  });
  await follow(ports);
}

/** At once on this node; the others follow within seconds. */
async function follow({ connections, storedCredentials }: Ports): Promise<void> {
  await storedCredentials.readAgain();
  await connections.follow();
}

/** Throws a `Refusal` that names each setting that does not fit. */
function readSettings({ settings }: CarrierManifest, given: Values): Values {
  const read = settings.strict().safeParse(given);
  if (read.success) return read.data;
  throw doesNotFit(
    read.error.issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => ({ field: `settings.${key}`, message: 'is not a setting' }))
        : [{ field: ['settings', ...issue.path].join('.'), message: issue.message }],
    ),
  );
}

function refuseUnknownCredentials(
  { credentials, label }: CarrierManifest,
  given: CredentialChanges,
): void {
  const unknown = Object.keys(given).filter(
    (name) => !credentials.some((field) => field.name === name),
  );
  if (unknown.length === 0) return;
  throw doesNotFit(
    unknown.map((name) => ({
      field: `credentials.${name}`,
      message: `is not a credential of ${label}`,
    })),
  );
}

/** The environment decides about it, so that what was entered would have no effect. */
function refuseOverruled(connection: KnownConnection, settings: Values | undefined): void {
  if (settings === undefined) return;
  const overruled = Object.entries(connection.environment?.settings ?? {}).find(
    ([name, { value }]) => JSON.stringify(settings[name]) !== JSON.stringify(value),
  );
  if (overruled === undefined) return;
  const [name, { variable }] = overruled;
  throw setInEnvironment(`the setting ${name}`, variable);
}

/** What the environment decides is not stored: without the variable, the default counts again. */
const withoutOverruled = ({ environment }: KnownConnection, settings: Values): Values =>
  Object.fromEntries(
    Object.entries(settings).filter(([name]) => environment?.settings[name] === undefined),
  );

function refuseAlwaysThere({ row, manifest, environment }: KnownConnection, what: string): void {
  if (manifest.isPractice === true) {
    throw new Refusal('set_in_environment', `${row.label} is always there, and cannot be ${what}.`);
  }
  if (environment !== null) {
    throw new Refusal(
      'set_in_environment',
      `The environment of the server connects ${row.label} (TELEPHONY). Take it out there and restart; then the connection can be ${what}.`,
    );
  }
}

const setInEnvironment = (what: string, variable: string): Refusal =>
  new Refusal(
    'set_in_environment',
    `The environment of the server decides about ${what} (${variable}), and it wins. Change it there and restart, or take it out there to enter it here.`,
  );

function isSentElsewhere({ manifest, settings }: KnownConnection, changed: Values): boolean {
  return Object.entries(manifest.settings.shape).some(([name, field]) => {
    const meta = field.meta() as { readonly 'x-address'?: boolean } | undefined;
    return meta?.['x-address'] === true && settings[name] !== changed[name];
  });
}

const audited = (row: {
  readonly label: string;
  readonly enabled: boolean;
  readonly settings: Values;
}): Record<string, unknown> => ({ label: row.label, enabled: row.enabled, ...row.settings });

const namesOf = (
  changes: CredentialChanges,
  which: (value: string | null) => boolean,
): readonly string[] =>
  Object.entries(changes).flatMap(([name, value]) => (which(value) ? [name] : []));

const userOf = ({ actor }: Author): string | null => (actor.kind === 'user' ? actor.id : null);
