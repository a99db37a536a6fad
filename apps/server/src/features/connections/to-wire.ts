import type { TelephonyCapabilities } from '@outdial/core';
import type { CarrierManifest, IntegrationManifest } from '@outdial/kit';
import type * as wire from '@outdial/protocol';
import { z } from 'zod';
import { type KnownConnection, reasonNotToCall } from '../../connections/connections.js';
import type { CredentialState } from '../../connections/credentials.js';
import { isoOrNull } from '../../operations/to-time.js';

const toWireCapabilities = (capabilities: TelephonyCapabilities): wire.CarrierCapabilities => ({
  max_lines_per_agent: capabilities.maxLinesPerAgent,
  can_hang_up: capabilities.canHangUp,
  detects_machines: capabilities.detectsMachines,
  reports_availability: capabilities.reportsAvailability,
  presence_by: capabilities.presenceBy,
  reaches_real_phones: capabilities.reachesRealPhones,
});

/** JSON Schema of what is entered: a field with a default may be left out. */
const schemaOf = ({ settings }: Pick<CarrierManifest, 'settings'>): Record<string, unknown> =>
  z.toJSONSchema(settings, { io: 'input' }) as Record<string, unknown>;

export const toWireIntegration = (manifest: IntegrationManifest): wire.Integration => ({
  id: manifest.id,
  label: manifest.label,
  summary: manifest.summary,
  kind: manifest.kind,
  capabilities: manifest.kind === 'carrier' ? toWireCapabilities(manifest.capabilities) : null,
  credentials: manifest.credentials.map(({ name, label, description, secret }) => ({
    name,
    label,
    description,
    secret,
  })),
  settings_schema: schemaOf(manifest),
  can_be_added: manifest.kind === 'carrier' && manifest.isPractice !== true,
});

export function toWireConnection(
  connection: KnownConnection,
  defaultConnection: string | null,
): wire.Connection {
  const { row, manifest, environment } = connection;
  const closed = reasonNotToCall(connection);
  const problem =
    row.enabled && row.removedAt === null ? (closed ?? row.checked?.problem ?? null) : null;
  return {
    id: row.id,
    label: row.label,
    integration: manifest.id,
    integration_label: manifest.label,
    is_practice: manifest.isPractice === true,
    is_default: row.id === defaultConnection,
    from_environment: environment !== null,
    enabled: row.enabled,
    state: row.removedAt
      ? 'removed'
      : !row.enabled
        ? 'disabled'
        : problem === null
          ? 'ok'
          : 'problem',
    problem,
    problem_since: problem === null ? null : isoOrNull(row.checked?.problemSince ?? null),
    checked_at: isoOrNull(row.checked?.at ?? null),
    capabilities: toWireCapabilities(manifest.capabilities),
    has_campaigns: connection.carrier?.campaigns !== undefined,
    version: row.version,
  };
}

export async function toWireConnectionDetails(
  connection: KnownConnection,
  {
    defaultConnection,
    webhookAddress,
  }: {
    readonly defaultConnection: string | null;
    readonly webhookAddress: (connectionId: string) => string;
  },
): Promise<wire.ConnectionDetails> {
  const { row, manifest, environment, settings, carrier } = connection;
  return {
    ...toWireConnection(connection, defaultConnection),
    settings: { ...settings },
    settings_from_environment: Object.entries(environment?.settings ?? {}).map(
      ([name, { variable }]) => ({ name, environment_variable: variable }),
    ),
    settings_schema: schemaOf(manifest),
    credentials: (await connection.credentials.list()).map(toWireCredential),
    webhook_url: carrier?.webhook === undefined ? null : webhookAddress(row.id),
  };
}

const toWireCredential = (state: CredentialState): wire.ConnectionCredential => ({
  name: state.field.name,
  label: state.field.label,
  description: state.field.description,
  secret: state.field.secret,
  set: state.source !== null,
  source: state.source,
  environment_variable: state.environmentVariable,
  editable: state.editable,
  updated_at: isoOrNull(state.updatedAt),
  updated_by: state.updatedBy,
  problem: state.problem,
});
