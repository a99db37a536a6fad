import { z } from 'zod';
import { Id, Timestamp } from './common.js';

/**
 * Everything secret that the program itself uses and people enter, by name; a CRM's would stand here too. `group`: they are one
 * account's, so that either all come from the environment or none.
 */
export const CREDENTIALS = {
  aircall_api_id: {
    label: 'Aircall API id',
    environment: 'AIRCALL_API_ID',
    group: 'aircall_key',
  },
  aircall_api_token: {
    label: 'Aircall API token',
    environment: 'AIRCALL_API_TOKEN',
    group: 'aircall_key',
  },
  aircall_webhook_token: {
    label: 'Aircall webhook token',
    environment: 'AIRCALL_WEBHOOK_TOKEN',
    group: 'aircall_webhook',
  },
} as const;

export type CredentialName = keyof typeof CREDENTIALS;
export const CredentialName = z
  .enum(Object.keys(CREDENTIALS) as [CredentialName, ...CredentialName[]])
  .meta({ id: 'CredentialName' });

/** Says that there is one, and never which. */
export const Credential = z
  .object({
    name: CredentialName,
    label: z.string(),
    set: z.boolean(),
    source: z
      .enum(['environment', 'stored'])
      .nullable()
      .describe('Where it comes from; null: it is not set. The environment wins.'),
    environment_variable: z.string(),
    editable: z
      .boolean()
      .describe('False: the environment decides about it, and it is changed there.'),
    needed: z
      .boolean()
      .describe('Calls cannot be placed without it, as this server is configured.'),
    updated_at: Timestamp.nullable().describe('When it was stored.'),
    updated_by: z.object({ id: Id, name: z.string() }).nullable(),
    problem: z.string().nullable().describe('It is stored and cannot be opened: what to do.'),
  })
  .meta({ id: 'Credential' });
export type Credential = z.infer<typeof Credential>;

export const CredentialList = z
  .object({
    credentials: z.array(Credential),
    problem: z.string().nullable().describe('What is missing, and what does not work without it.'),
    webhook_url: z
      .string()
      .nullable()
      .describe(
        'Where the provider is to deliver, with the part that nobody else knows; without PUBLIC_URL the path alone; null: this provider delivers nothing.',
      ),
  })
  .meta({ id: 'CredentialList' });
export type CredentialList = z.infer<typeof CredentialList>;

export const SetCredential = z
  .object({
    // Goes into a header, where anything else would be refused with the value in the error.
    value: z
      .string()
      .trim()
      .min(1, 'must not be empty')
      .max(2000, 'is longer than 2000 characters')
      .regex(/^[\x21-\x7e]+$/, 'must have printable characters only, and no spaces'),
  })
  .meta({ id: 'SetCredential' });

export const CredentialResult = z
  .object({ message: z.string(), credential: Credential })
  .meta({ id: 'CredentialResult' });
export type CredentialResult = z.infer<typeof CredentialResult>;
