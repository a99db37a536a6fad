import { randomUUID } from 'node:crypto';
import { createUserStore, type UserRole } from '@outdial/postgres';
import type { SignedIn } from '@outdial/protocol';
import { Secret, TOTP } from 'otpauth';
import { expect } from 'vitest';
import { type Answer, createStage, type Stage, type StageOptions } from './stage.js';

/** A stage on which people must show who they are. */
export interface AccountStage extends Stage {
  /** `shows`: an access token or an API key. */
  ask(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    body?: unknown,
    more?: Asking,
  ): Promise<Answer>;
  /** A user who signs in with `PASSWORD`. */
  addUser(role: UserRole, email?: string): Promise<StageUser>;
  signIn(
    email: string,
    password?: string,
    more?: Asking & { secondFactor?: string },
  ): Promise<Answer>;
  /** The same, which must succeed. */
  comeIn(email: string, password?: string): Promise<SignedIn & { refresh_token: string }>;
}

export interface Asking {
  readonly shows?: string | undefined;
  readonly cookie?: string | undefined;
  readonly from?: string | undefined;
  readonly headers?: Record<string, string> | undefined;
}

export interface StageUser {
  readonly id: string;
  readonly email: string;
  readonly agentId: string | null;
}

export const PASSWORD = 'only this test knows these words';

export async function createAccountStage(options: StageOptions = {}): Promise<AccountStage> {
  const stage = await createStage({ ...options, realAccess: true });
  const hash = await stage.accounts.passwords.hash(PASSWORD);
  let people = 0;

  const ask: AccountStage['ask'] = async (
    method,
    url,
    body,
    { shows, cookie, from, headers } = {},
  ) => {
    const response = await stage.app.inject({
      method,
      url,
      remoteAddress: from ?? '203.0.113.5',
      headers: {
        'user-agent': 'a browser',
        ...(shows !== undefined && { authorization: `Bearer ${shows}` }),
        ...(cookie !== undefined && { cookie }),
        ...headers,
      },
      ...(body !== undefined && { payload: body as object }),
    });
    const text = response.body;
    return {
      status: response.statusCode,
      headers: response.headers,
      text,
      body: /json/.test(String(response.headers['content-type'])) ? response.json() : undefined,
    };
  };
  const signIn: AccountStage['signIn'] = (
    email,
    password = PASSWORD,
    { secondFactor, ...more } = {},
  ) => ask('POST', '/api/auth/login', { email, password, second_factor: secondFactor }, more);

  return Object.assign(stage, {
    ask,
    signIn,
    async addUser(role: UserRole, email?: string): Promise<StageUser> {
      people += 1;
      const answer = await createUserStore(stage.db).create(
        {
          id: randomUUID(),
          email: email ?? `${role}.${people}@example.com`,
          name: `The ${role} no. ${people}`,
          role,
          agentId: undefined,
          newAgentId: randomUUID(),
          passwordHash: hash,
          mustChangePassword: false,
        },
        stage.time.now(),
      );
      if (answer.kind !== 'created') throw new Error(answer.kind);
      return answer.user;
    },
    async comeIn(email: string, password?: string) {
      const answer = await signIn(email, password);
      expect({ status: answer.status, body: answer.body }).toMatchObject({ status: 200 });
      return answer.body as SignedIn & { refresh_token: string };
    },
  });
}

/** What an authenticator app shows at this time. */
export const codeOf = (secret: string, at: Date): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: at.getTime() });
