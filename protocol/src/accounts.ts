import { z } from 'zod';
import { Id, PageQuery, pageOf, Timestamp } from './common.js';
import { Permission, Role } from './permissions.js';

/** NIST SP 800-63B, 5.1.1.2 and OWASP ASVS 5.0, 6.2: length and a list of common ones count, not kinds of characters. */
export const PASSWORD_LENGTH = { min: 12, max: 128 } as const;

const Email = z.email('is not an e-mail address').max(254);
/** A password as typed at sign-in. Any rule but a length would reveal what a valid password looks like. */
const TypedPassword = z.string().min(1, 'must not be empty').max(1000);
export const NewPassword = z
  .string()
  .min(PASSWORD_LENGTH.min, `must have at least ${PASSWORD_LENGTH.min} characters`)
  .max(PASSWORD_LENGTH.max, `must have at most ${PASSWORD_LENGTH.max} characters`);
/** Six digits of an authenticator app (RFC 6238), or one of the recovery codes. */
const SecondFactor = z.string().trim().min(6).max(40);
const Name = z.string().trim().min(1, 'must not be empty').max(200);

export const User = z
  .object({
    id: Id,
    email: z.string(),
    name: z.string(),
    role: Role,
    agent_id: Id.nullable().describe(
      'The agent that this user takes calls as; null: the user takes no calls.',
    ),
    has_second_factor: z.boolean(),
    must_change_password: z.boolean(),
    created_at: Timestamp,
    disabled_at: Timestamp.nullable(),
    last_signed_in_at: Timestamp.nullable(),
  })
  .meta({ id: 'User' });
export type User = z.infer<typeof User>;

export const SignIn = z
  .object({
    email: z.string().trim().min(1, 'must not be empty').max(254),
    password: TypedPassword,
    second_factor: SecondFactor.optional().describe(
      'Required after `second_factor_required`: a code from the authenticator app, or a recovery code.',
    ),
    keep_in: z
      .enum(['cookie', 'body'])
      .default('body')
      .describe(
        'Where the server puts the refresh token: an httpOnly cookie for browsers, or the response body.',
      ),
  })
  .meta({ id: 'SignIn' });
export type SignIn = z.infer<typeof SignIn>;

export const SignedIn = z
  .object({
    access_token: z.string().describe('A JWT for `Authorization: Bearer`.'),
    expires_in: z.number().int().describe('Seconds.'),
    refresh_token: z.string().optional().describe('Absent when the cookie carries it.'),
    user: User,
    permissions: z.array(Permission),
  })
  .meta({ id: 'SignedIn' });
export type SignedIn = z.infer<typeof SignedIn>;

export const Refresh = z
  .object({
    refresh_token: z.string().max(200).optional().describe('Left out: the token in the cookie.'),
  })
  .meta({ id: 'Refresh' });

export const Me = z.object({ user: User, permissions: z.array(Permission) }).meta({ id: 'Me' });
export type Me = z.infer<typeof Me>;

export const UpdateMe = z.object({ name: Name }).meta({ id: 'UpdateMe' });

export const ChangePassword = z
  .object({ current_password: TypedPassword, new_password: NewPassword })
  .meta({ id: 'ChangePassword' });

export const StartSecondFactor = z
  .object({ password: TypedPassword })
  .meta({ id: 'StartSecondFactor' });
export const SecondFactorSetup = z
  .object({
    secret: z.string().describe('Base32, to type into the app.'),
    uri: z.string().describe('`otpauth://…`, for a QR code.'),
  })
  .meta({ id: 'SecondFactorSetup' });
export type SecondFactorSetup = z.infer<typeof SecondFactorSetup>;
export const ConfirmSecondFactor = z
  .object({ code: SecondFactor })
  .meta({ id: 'ConfirmSecondFactor' });
export const RecoveryCodes = z
  .object({ message: z.string(), recovery_codes: z.array(z.string()).describe('Shown only once.') })
  .meta({ id: 'RecoveryCodes' });
export type RecoveryCodes = z.infer<typeof RecoveryCodes>;
export const PasswordAndCode = z
  .object({ password: TypedPassword, code: SecondFactor })
  .meta({ id: 'PasswordAndCode' });

export const SignInEntry = z
  .object({
    id: Id,
    started_at: Timestamp,
    last_used_at: Timestamp,
    address: z.string(),
    user_agent: z.string().nullable(),
    current: z.boolean(),
  })
  .meta({ id: 'SignInEntry' });
export const SignInEntries = z
  .object({ sign_ins: z.array(SignInEntry) })
  .meta({ id: 'SignInEntries' });
export type SignInEntries = z.infer<typeof SignInEntries>;

export const UserListQuery = PageQuery.extend({
  q: z.string().trim().max(200).optional().describe('In the name or the e-mail address.'),
});
export const UserList = pageOf('users', User).meta({ id: 'UserList' });
export type UserList = z.infer<typeof UserList>;
export const CreateUser = z
  .object({
    email: Email,
    name: Name,
    role: Role,
    agent_id: Id.nullable()
      .optional()
      .describe(
        'An existing agent. Left out: the role agent creates a new agent with this name, other roles none.',
      ),
    password: NewPassword.optional().describe(
      'Left out: the server generates one and returns it once.',
    ),
  })
  .meta({ id: 'CreateUser' });
export const PatchUser = z
  .object({ email: Email, name: Name, role: Role, agent_id: Id.nullable(), disabled: z.boolean() })
  .partial()
  .meta({ id: 'PatchUser' });
export const ApiKey = z
  .object({
    id: Id,
    name: z.string(),
    prefix: z.string().describe('The first characters of the key.'),
    permissions: z.array(Permission),
    created_by: z.object({ id: Id, name: z.string() }),
    created_at: Timestamp,
    expires_at: Timestamp.nullable(),
    last_used_at: Timestamp.nullable(),
    revoked_at: Timestamp.nullable(),
  })
  .meta({ id: 'ApiKey' });
export type ApiKey = z.infer<typeof ApiKey>;
export const UserResult = z
  .object({
    message: z.string(),
    user: User,
    one_time_password: z
      .string()
      .optional()
      .describe('Shown only once; the user must change it at the first sign-in.'),
    api_keys: z
      .array(ApiKey)
      .optional()
      .describe('After a reset: the API keys that the user created and that are still valid.'),
  })
  .meta({ id: 'UserResult' });
export type UserResult = z.infer<typeof UserResult>;

export const ResetPassword = z
  .object({
    revoke_api_keys: z
      .boolean()
      .default(false)
      .describe('Also revokes the API keys that the user created; use it after a break-in.'),
  })
  .meta({ id: 'ResetPassword' });
export const ApiKeyList = pageOf('api_keys', ApiKey).meta({ id: 'ApiKeyList' });
export type ApiKeyList = z.infer<typeof ApiKeyList>;
export const CreateApiKey = z
  .object({
    name: z.string().trim().min(1, 'must not be empty').max(100),
    permissions: z.array(Permission).min(1, 'must name at least one permission'),
    expires_at: z.iso.datetime({ offset: true }).nullable().default(null),
  })
  .meta({ id: 'CreateApiKey' });
export const ApiKeyCreated = z
  .object({ message: z.string(), api_key: ApiKey, key: z.string().describe('Shown only once.') })
  .meta({ id: 'ApiKeyCreated' });
export type ApiKeyCreated = z.infer<typeof ApiKeyCreated>;
