import { z } from 'zod';
import { Id, Timestamp } from './common.js';

export const IntegrationKind = z.enum(['carrier', 'crm', 'enrichment']);

export const CarrierCapabilities = z
  .object({
    max_lines_per_agent: z.number().int(),
    can_hang_up: z.boolean(),
    detects_machines: z.boolean(),
    reports_availability: z.boolean(),
    presence_by: z
      .enum(['agent_leg', 'provider', 'screen'])
      .describe(
        'What shows that the agent can take a call: the agent’s own leg, the availability at the provider, or only a live page.',
      ),
    reaches_real_phones: z.boolean(),
  })
  .meta({ id: 'CarrierCapabilities' });
export type CarrierCapabilities = z.infer<typeof CarrierCapabilities>;

/** What can be connected. */
export const Integration = z
  .object({
    id: z.string(),
    label: z.string(),
    summary: z.string(),
    kind: IntegrationKind,
    capabilities: CarrierCapabilities.nullable().describe('null: it carries no calls.'),
    credentials: z.array(
      z.object({
        name: z.string(),
        label: z.string(),
        description: z.string(),
        secret: z.boolean(),
      }),
    ),
    settings_schema: z
      .record(z.string(), z.unknown())
      .describe('JSON Schema of its settings; the form is made from it.'),
    can_be_added: z.boolean().describe('False: it is always there.'),
  })
  .meta({ id: 'Integration' });
export type Integration = z.infer<typeof Integration>;
export const IntegrationList = z
  .object({ integrations: z.array(Integration) })
  .meta({ id: 'IntegrationList' });
export type IntegrationList = z.infer<typeof IntegrationList>;

export const ConnectionId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'is not the id of a connection');

/** What everybody may see of a connection. */
export const Connection = z
  .object({
    id: ConnectionId,
    label: z.string(),
    integration: z.string(),
    integration_label: z.string(),
    is_practice: z
      .boolean()
      .describe('No real phone rings; its calls are left out of statistics unless asked for.'),
    is_default: z
      .boolean()
      .describe('Sessions run on it where neither the queue nor the agent names another one.'),
    from_environment: z.boolean().describe('The environment of the server made it.'),
    enabled: z.boolean(),
    state: z
      .enum(['ok', 'problem', 'disabled', 'removed'])
      .describe('`problem`: calls cannot be placed, or not all of it works; see `problem`.'),
    problem: z.string().nullable().describe('What is wrong, and what to do.'),
    problem_since: Timestamp.nullable(),
    checked_at: Timestamp.nullable(),
    capabilities: CarrierCapabilities,
    has_campaigns: z
      .boolean()
      .describe('The carrier has lists of its own, to which a queue can be handed over.'),
    version: z.number().int(),
  })
  .meta({ id: 'Connection' });
export type Connection = z.infer<typeof Connection>;

export const ConnectionList = z
  .object({ connections: z.array(Connection) })
  .meta({ id: 'ConnectionList' });
export type ConnectionList = z.infer<typeof ConnectionList>;

/** Shows that a credential is set, and never its value. */
export const ConnectionCredential = z
  .object({
    name: z.string(),
    label: z.string(),
    description: z.string(),
    secret: z.boolean(),
    set: z.boolean(),
    source: z
      .enum(['environment', 'stored'])
      .nullable()
      .describe('The source of the value; null: not set. The environment overrides the database.'),
    environment_variable: z.string().nullable(),
    editable: z.boolean().describe('False: an environment variable sets it; change it there.'),
    updated_at: Timestamp.nullable().describe('When it was stored.'),
    updated_by: z.object({ id: Id, name: z.string() }).nullable(),
    problem: z
      .string()
      .nullable()
      .describe('The server cannot decrypt the stored value: what to do.'),
  })
  .meta({ id: 'ConnectionCredential' });
export type ConnectionCredential = z.infer<typeof ConnectionCredential>;

/** What an admin sees and changes. */
export const ConnectionDetails = Connection.extend({
  settings: z.record(z.string(), z.unknown()),
  settings_from_environment: z
    .array(z.object({ name: z.string(), environment_variable: z.string() }))
    .describe('Settings that the environment decides.'),
  settings_schema: z.record(z.string(), z.unknown()),
  credentials: z.array(ConnectionCredential),
  webhook_url: z
    .string()
    .nullable()
    .describe(
      'The address for the carrier’s webhooks, with its secret path; only the path when PUBLIC_URL is not set; null: it sends none.',
    ),
}).meta({ id: 'ConnectionDetails' });
export type ConnectionDetails = z.infer<typeof ConnectionDetails>;

export const ByConnectionId = z.object({ connection_id: ConnectionId });

const label = z.string().trim().min(1, 'must not be empty').max(100);
const settings = z
  .record(z.string().max(100), z.unknown())
  .describe('As `settings_schema` of the integration says; what is left out has its default.');
// Goes into a header, where anything else would be refused with the value in the error.
const credential = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(2000, 'is longer than 2000 characters')
  .regex(/^[\x21-\x7e]+$/, 'must have printable characters only, and no spaces');

export const CreateConnection = z
  .object({
    integration: z.string().max(64),
    label: label.optional().describe('Left out: the name of the integration.'),
    settings: settings.optional(),
    credentials: z.record(z.string().max(64), credential).optional(),
    enabled: z.boolean().optional().describe('Left out: true.'),
  })
  .meta({ id: 'CreateConnection' });
export type CreateConnection = z.infer<typeof CreateConnection>;

export const PatchConnection = z
  .object({
    version: z.number().int().describe('The version that you read; 409 if a newer one exists.'),
    label: label.optional(),
    settings: settings.optional(),
    enabled: z.boolean().optional(),
    credentials: z
      .record(z.string().max(64), credential.nullable())
      .optional()
      .describe('Only those that change; null removes one.'),
  })
  .meta({ id: 'PatchConnection' });
export type PatchConnection = z.infer<typeof PatchConnection>;

export const ConnectionResult = z
  .object({ message: z.string(), connection: ConnectionDetails })
  .meta({ id: 'ConnectionResult' });
export type ConnectionResult = z.infer<typeof ConnectionResult>;

export const ConnectionTest = z
  .object({
    ok: z.boolean(),
    message: z.string(),
    connection: ConnectionDetails,
  })
  .meta({ id: 'ConnectionTest' });
export type ConnectionTest = z.infer<typeof ConnectionTest>;
