import { z } from 'zod';
import { Id, Timestamp } from './common.js';

/**
 * Every secret that users enter and the program uses, by name. Secrets of one `group` belong to one account: either all of them
 * come from the environment or none.
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

/** Shows that a credential is set, and never its value. */
export const Credential = z
  .object({
    name: CredentialName,
    label: z.string(),
    set: z.boolean(),
    source: z
      .enum(['environment', 'stored'])
      .nullable()
      .describe('The source of the value; null: not set. The environment overrides the database.'),
    environment_variable: z.string(),
    editable: z.boolean().describe('False: an environment variable sets it; change it there.'),
    needed: z.boolean().describe('This server cannot place calls without it.'),
    updated_at: Timestamp.nullable().describe('When it was stored.'),
    updated_by: z.object({ id: Id, name: z.string() }).nullable(),
    problem: z
      .string()
      .nullable()
      .describe('The server cannot decrypt the stored value: what to do.'),
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
        'The webhook address for the provider, with its secret path; only the path when PUBLIC_URL is not set; null: the provider sends no webhooks.',
      ),
  })
  .meta({ id: 'CredentialList' });
export type CredentialList = z.infer<typeof CredentialList>;

export const ByCredentialName = z.object({ name: CredentialName });

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
