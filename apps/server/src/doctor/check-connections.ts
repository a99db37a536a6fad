import type { CarrierManifest } from '@outdial/kit';
import { about, type Finding, wordsOf } from '@outdial/kit';
import type { Config } from '../config/read-config.js';
import { settingsInForce } from '../connections/connections.js';
import { storedName } from '../connections/credentials.js';
import { findCarrier } from '../integrations/find-integration.js';
import { guardedFetch } from '../platform/guarded-fetch.js';
import { systemTimers } from '../platform/system-timers.js';
import { webhookPath } from '../webhooks/carrier-webhooks.js';
import type { StoredConnections } from './check-secrets.js';

const ANSWER_WITHIN_MS = 10_000;

/** Every connection that calls may go through: those of the environment, and those that the database holds. */
export async function checkConnections(
  config: Pick<Config, 'telephony' | 'http'>,
  stored: StoredConnections,
): Promise<readonly Finding[]> {
  const rows = connectionsOf(config, stored);
  const found = await Promise.all(rows.map((row) => checkOne(config, row, stored)));
  const isReal = rows.some(({ manifest }) => manifest.isPractice !== true);
  return [...found.flat(), ...(isReal ? await checkPublicUrl(config.http.publicUrl) : [])];
}

interface Looked {
  readonly id: string;
  readonly label: string;
  readonly manifest: CarrierManifest;
  readonly settings: Readonly<Record<string, unknown>>;
}

function connectionsOf(
  { telephony }: Pick<Config, 'telephony'>,
  stored: StoredConnections,
): Looked[] {
  const rows = stored === 'unknown' ? [] : stored.rows;
  const ofEnvironment = telephony.connections
    .filter(({ integration }) => !rows.some(({ id }) => id === integration))
    .map(({ integration }) => ({ id: integration, integration, label: '', settings: {} }));
  return [
    ...rows.filter(({ enabled, removedAt }) => enabled && removedAt === null),
    ...ofEnvironment,
  ].flatMap(({ id, integration, label, settings }) => {
    const manifest = findCarrier(integration);
    return manifest === null ? [] : [{ id, label: label || manifest.label, manifest, settings }];
  });
}

async function checkOne(
  { telephony, http }: Pick<Config, 'telephony' | 'http'>,
  { id, label, manifest, settings }: Looked,
  stored: StoredConnections,
): Promise<readonly Finding[]> {
  const { warning, problem } = about(`connection ${id}`);
  const environment = telephony.connections.find(({ integration }) => integration === id) ?? null;
  const read = settingsInForce({ settings }, manifest, environment);
  if (!read.ok) return [problem(read.problem, `Save ${label} again under Settings, Connections.`)];
  const value = (name: string): string | null =>
    environment?.credentials[name]?.value ??
    (stored === 'unknown' ? null : (stored.secrets.get(storedName(id, name)) ?? null));
  const isUnknown =
    stored === 'unknown' &&
    manifest.credentials.length > 0 &&
    manifest.credentials.every(({ name }) => value(name) === null);
  if (isUnknown) {
    return [
      warning(
        'the credentials are in the database, which could not be looked into',
        'Look at /readyz of the running server, or run this once the database can be opened.',
      ),
    ];
  }
  const findings = await manifest.check({
    settings: read.settings,
    credentials: { value: async (name) => value(name), known: value },
    timers: systemTimers,
    fetchTo: (urls) => guardedFetch(urls),
    webhookBase: http.publicUrl === null ? null : `${http.publicUrl}${webhookPath(id)}`,
  });
  return findings.map((finding) => ({ ...finding, about: `${finding.about} (${label})` }));
}

/** From here. From outside it may look different, either way. */
async function checkPublicUrl(publicUrl: string | null): Promise<Finding[]> {
  if (publicUrl === null) return [];
  const { ok, warning } = about('public address');
  const fix =
    'See that the name points here and the proxy passes /webhooks on. If only this machine cannot see it from inside, all is well.';
  try {
    const answer = await fetch(`${publicUrl}/healthz`, {
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    const body: unknown = await answer.json().catch(() => null);
    const isOurs = answer.ok && (body as { status?: unknown } | null)?.status === 'ok';
    if (!isOurs) {
      return [warning(`${publicUrl} answers ${answer.status}, and not as Outdial does`, fix)];
    }
  } catch (error) {
    return [warning(`${publicUrl} cannot be reached from here: ${wordsOf(error)}`, fix)];
  }
  return publicUrl.startsWith('https:')
    ? [ok(`${publicUrl} leads to an Outdial`)]
    : [warning(`${publicUrl} is not encrypted`, 'Webhooks carry names and numbers: use https.')];
}
