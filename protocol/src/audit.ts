import { z } from 'zod';
import { Id, PageQuery, pageOf, Timestamp, TimestampInput } from './common.js';

/** Every kind of audit entry. Add a new kind here and nowhere else. */
export const AUDIT_ACTIONS = {
  signed_in: 'Signed in',
  sign_in_failed: 'Sign-in failed',
  signed_out: 'Signed out',
  refresh_token_used_twice: 'A refresh token was used twice',
  password_changed: 'Password changed',
  second_factor_set: 'Two-factor authentication set up',
  second_factor_removed: 'Two-factor authentication removed',
  user_created: 'User added',
  user_changed: 'User changed',
  api_key_created: 'API key created',
  api_key_revoked: 'API key revoked',
  config_changed: 'Settings changed',
  connection_added: 'Connection added',
  connection_changed: 'Connection changed',
  connection_removed: 'Connection removed',
  credentials_set: 'Credentials set',
  credentials_removed: 'Credentials removed',
  secrets_rotated: 'Secrets sealed with a new key',
  import_started: 'Import started',
  exported: 'Data exported',
  person_exported: 'Personal data exported',
  person_erased: 'Personal data erased',
  session_started_by_other: 'Session started for an agent',
  session_paused_by_other: 'Session paused by another user',
  session_resumed_by_other: 'Session resumed by another user',
  session_stopped_by_other: 'Session stopped by another user',
  session_dialed_next_by_other: 'Wrap-up ended by another user',
  suppression_added: 'Numbers added to the do-not-call list',
  suppression_removed: 'Number removed from the do-not-call list',
  lead_changed: 'Lead changed',
  contact_allowed: 'Calls to a person allowed again',
  lead_deleted: 'Lead deleted',
  queue_changed: 'Queue changed',
  queue_access_changed: 'Queue access changed',
  agent_changed: 'Agent changed',
  webhook_refused: 'Webhook refused',
  events_replayed: 'Provider events retried',
  dispositions_changed: 'Dispositions changed',
  audit_head_lost: 'The audit log did not end as it should',
  audit_begun: 'The audit log begins',
} as const;
export type AuditAction = keyof typeof AUDIT_ACTIONS;
export const AuditAction = z
  .enum(Object.keys(AUDIT_ACTIONS) as [AuditAction, ...AuditAction[]])
  .meta({ id: 'AuditAction' });

export const AuditEntry = z
  .object({
    seq: z.number().int(),
    at: Timestamp,
    actor: z.object({
      kind: z.enum(['user', 'api_key', 'anonymous', 'system']),
      id: Id.nullable(),
      name: z.string(),
    }),
    action: AuditAction,
    target: z.object({ kind: z.string(), id: z.string() }).nullable(),
    address: z.string().nullable(),
    request_id: z.string().nullable(),
    details: z.record(z.string(), z.unknown()),
    hash: z.string().describe('Hexadecimal hash of this row and of the previous hash.'),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntry = z.infer<typeof AuditEntry>;

/** A security event that an admin should look at now; the audit log has the details. */
export const SecurityAlert = z
  .object({
    kind: z.enum([
      'many_failed_sign_ins',
      'refresh_token_used_twice',
      'webhook_token_failures',
      'large_export',
    ]),
    message: z.string(),
    at: Timestamp,
  })
  .meta({ id: 'SecurityAlert' });
export type SecurityAlert = z.infer<typeof SecurityAlert>;

export const AuditQuery = PageQuery.extend({
  action: AuditAction.optional(),
  actor_id: Id.optional(),
  target_id: z.string().max(200).optional(),
  from: TimestampInput.optional().describe('At or after; not after `to`.'),
  to: TimestampInput.optional(),
  q: z
    .string()
    .trim()
    .max(200)
    .optional()
    .describe('In the actor’s name, the target or the details.'),
});
export const AuditList = pageOf('entries', AuditEntry).meta({ id: 'AuditList' });
export type AuditList = z.infer<typeof AuditList>;

export const AuditFinding = z
  .object({
    seq: z.number().int().nullable().describe('Number of the entry, or of the first of several.'),
    problem: z
      .enum([
        'missing',
        'altered',
        'does_not_follow',
        'head_missing',
        'head_altered',
        'beyond_head',
        'end_was_lost',
        'not_as_noted',
      ])
      .describe('For programs.'),
    message: z.string(),
  })
  .meta({ id: 'AuditFinding' });
export type AuditFinding = z.infer<typeof AuditFinding>;

export const AuditVerifyQuery = z.object({
  head: z
    .string()
    .regex(
      /^\d{1,15}:[0-9a-fA-F]{64}$/,
      'must be <seq>:<hash>, as the log of the server says once a day',
    )
    .optional()
    .describe(
      'A last entry that you noted elsewhere, as `<seq>:<hash>`: the log must still contain it.',
    ),
});
export const AuditVerification = z
  .object({
    ok: z.boolean().describe('True: no entry was changed and none is missing.'),
    entries: z.number().int(),
    head: z
      .object({ seq: z.number().int(), hash: z.string().describe('Hexadecimal.') })
      .nullable()
      .describe('The last entry; note it elsewhere. null: the log is empty.'),
    findings: z.array(AuditFinding).describe('The first hundred.'),
    findings_total: z.number().int(),
  })
  .meta({ id: 'AuditVerification' });
export type AuditVerification = z.infer<typeof AuditVerification>;
