import {
  ChangePassword,
  ConfirmSecondFactor,
  Me,
  Message,
  PasswordAndCode,
  RecoveryCodes,
  Refresh,
  SecondFactorSetup,
  SignedIn,
  SignIn,
  SignInEntries,
  StartSecondFactor,
  UpdateMe,
} from '@outdial/protocol';
import type { FastifyReply } from 'fastify';
import { principalOf } from '../../access/principal.js';
import type { HttpPorts } from '../http-ports.js';
import { type App, ById, operation } from '../operation.js';
import { ProblemError } from '../problems.js';
import { clearRefreshCookie, readRefreshCookie, setRefreshCookie } from '../refresh-cookie.js';
import { fromOf } from '../request-from.js';
import { toWireMe, toWireSignedIn, toWireSignIns } from '../translate/account.js';

type Ports = Pick<HttpPorts, 'accounts' | 'secureCookies'>;

/** Signing in and out, and what somebody changes about themselves. */
export function authRoutes(app: App, ports: Ports): void {
  signingInRoutes(app, ports);
  ownAccountRoutes(app, ports);
  secondFactorRoutes(app, ports);
}

function signingInRoutes(app: App, { accounts, secureCookies }: Ports): void {
  const { signingIn } = accounts;
  /** Tokens are nobody else's, a proxy's or the browser's history included (RFC 6749, section 5.1). */
  const keepNothing = (reply: FastifyReply): void => void reply.header('cache-control', 'no-store');

  app.post(
    '/api/auth/login',
    {
      schema: operation(
        {
          id: 'signIn',
          tag: 'auth',
          summary: 'Signs somebody in',
          description:
            'Browsers ask for `keep_in: cookie`. After some wrong passwords the account and the address have to wait (429).',
          errors: [
            'invalid_credentials',
            'second_factor_required',
            'invalid_second_factor',
            'rate_limited',
            'not_recorded',
          ],
        },
        { body: SignIn, response: { 200: SignedIn } },
      ),
    },
    async (request, reply) => {
      const { email, password, second_factor: secondFactor, keep_in: keepIn } = request.body;
      keepNothing(reply);
      const tokens = await signingIn.signIn({ email, password, secondFactor }, fromOf(request));
      if (keepIn === 'cookie') {
        const { refreshToken, refreshUntil } = tokens;
        reply.header('set-cookie', setRefreshCookie(refreshToken, refreshUntil, secureCookies));
      }
      return toWireSignedIn(tokens, keepIn);
    },
  );

  app.post(
    '/api/auth/refresh',
    {
      schema: operation(
        {
          id: 'refresh',
          tag: 'auth',
          summary: 'Trades a refresh token for a new access token and the next refresh token',
          description:
            'Each refresh token counts once. One that comes a second time ends the sign-in, as somebody else may have it.',
          errors: ['refresh_token', 'rate_limited', 'not_recorded'],
        },
        { body: Refresh.nullish(), response: { 200: SignedIn } },
      ),
    },
    async (request, reply) => {
      keepNothing(reply);
      const given = request.body?.refresh_token;
      try {
        const tokens = await signingIn.refresh(
          given ?? readRefreshCookie(request, secureCookies),
          fromOf(request),
        );
        if (given !== undefined) return toWireSignedIn(tokens, 'body');
        const { refreshToken, refreshUntil } = tokens;
        reply.header('set-cookie', setRefreshCookie(refreshToken, refreshUntil, secureCookies));
        return toWireSignedIn(tokens, 'cookie');
      } catch (error) {
        if (
          error instanceof ProblemError &&
          error.code === 'refresh_token' &&
          given === undefined
        ) {
          reply.header('set-cookie', clearRefreshCookie(secureCookies));
        }
        throw error;
      }
    },
  );

  app.post(
    '/api/auth/logout',
    {
      schema: operation(
        {
          id: 'signOut',
          tag: 'auth',
          summary: 'Ends the sign-in that a refresh token belongs to',
          description: 'Its access token ends with it. An unknown token is answered the same.',
          errors: ['not_recorded'],
        },
        { body: Refresh.nullish(), response: { 200: Message } },
      ),
    },
    async (request, reply) => {
      keepNothing(reply);
      await signingIn.signOut(
        request.body?.refresh_token ?? readRefreshCookie(request, secureCookies),
        fromOf(request),
      );
      reply.header('set-cookie', clearRefreshCookie(secureCookies));
      return { message: 'You are signed out.' };
    },
  );
}

function ownAccountRoutes(app: App, { accounts, secureCookies }: Ports): void {
  const { own } = accounts;

  app.post(
    '/api/auth/logout-everywhere',
    {
      schema: operation(
        {
          id: 'signOutEverywhere',
          tag: 'auth',
          summary: 'Ends all own sign-ins, this one too',
          errors: ['not_recorded'],
        },
        { response: { 200: Message } },
      ),
    },
    async (request, reply) => {
      const ended = await own.signOutEverywhere(principalOf(request).id, fromOf(request));
      reply.header('set-cookie', clearRefreshCookie(secureCookies));
      return { message: `You are signed out everywhere (${ended} sign-ins).` };
    },
  );

  app.get(
    '/api/auth/me',
    {
      schema: operation(
        { id: 'getMe', tag: 'auth', summary: 'Who is signed in, and what they may do' },
        { response: { 200: Me } },
      ),
    },
    async (request) => toWireMe(await own.get(principalOf(request).id)),
  );

  app.patch(
    '/api/auth/me',
    {
      schema: operation(
        {
          id: 'updateMe',
          tag: 'auth',
          summary: 'Changes one’s own name',
          errors: ['not_recorded'],
        },
        { body: UpdateMe, response: { 200: Me } },
      ),
    },
    async (request) =>
      toWireMe(await own.rename(principalOf(request).id, request.body.name, fromOf(request))),
  );

  app.post(
    '/api/auth/password',
    {
      schema: operation(
        {
          id: 'changePassword',
          tag: 'auth',
          summary: 'Changes one’s own password and ends all other sign-ins',
          errors: ['invalid_credentials', 'weak_password', 'rate_limited', 'not_recorded'],
        },
        { body: ChangePassword, response: { 200: Message } },
      ),
    },
    async (request) => {
      const { id, signInId } = principalOf(request);
      const { current_password: current, new_password: next } = request.body;
      await own.changePassword(id, { current, next, signInId }, fromOf(request));
      return { message: 'Your password was changed. All other sign-ins were ended.' };
    },
  );

  app.get(
    '/api/auth/sign-ins',
    {
      schema: operation(
        { id: 'listSignIns', tag: 'auth', summary: 'Where one is signed in' },
        { response: { 200: SignInEntries } },
      ),
    },
    async (request) => {
      const { id, signInId } = principalOf(request);
      return toWireSignIns(await own.signIns(id), signInId);
    },
  );

  app.delete(
    '/api/auth/sign-ins/:id',
    {
      schema: operation(
        {
          id: 'endSignIn',
          tag: 'auth',
          summary: 'Ends one own sign-in',
          errors: ['not_found', 'not_recorded'],
        },
        { params: ById, response: { 200: Message } },
      ),
    },
    async (request) => {
      await own.endSignIn(principalOf(request).id, request.params.id, fromOf(request));
      return { message: 'The sign-in was ended.' };
    },
  );
}

function secondFactorRoutes(app: App, { accounts }: Ports): void {
  const { own } = accounts;

  app.post(
    '/api/auth/second-factor',
    {
      schema: operation(
        {
          id: 'startSecondFactor',
          tag: 'auth',
          summary: 'Makes a secret for an authenticator app; it counts once it is confirmed',
          errors: ['invalid_credentials', 'second_factor_on', 'rate_limited', 'not_recorded'],
        },
        { body: StartSecondFactor, response: { 200: SecondFactorSetup } },
      ),
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const { id } = principalOf(request);
      return own.startSecondFactor(id, request.body.password, fromOf(request));
    },
  );

  app.post(
    '/api/auth/second-factor/confirm',
    {
      schema: operation(
        {
          id: 'confirmSecondFactor',
          tag: 'auth',
          summary: 'Turns the second factor on with a code of the app, and answers recovery codes',
          errors: ['invalid_second_factor', 'second_factor_off', 'not_recorded'],
        },
        { body: ConfirmSecondFactor, response: { 200: RecoveryCodes } },
      ),
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const { id } = principalOf(request);
      const codes = await own.confirmSecondFactor(id, request.body.code, fromOf(request));
      return {
        message: 'The second factor is on. Keep the recovery codes where the phone is not.',
        recovery_codes: [...codes],
      };
    },
  );

  app.post(
    '/api/auth/second-factor/end',
    {
      schema: operation(
        {
          id: 'endSecondFactor',
          tag: 'auth',
          summary: 'Turns the second factor off',
          errors: [
            'invalid_credentials',
            'invalid_second_factor',
            'second_factor_off',
            'rate_limited',
            'not_recorded',
          ],
        },
        { body: PasswordAndCode, response: { 200: Message } },
      ),
    },
    async (request) => {
      const { password, code } = request.body;
      await own.endSecondFactor(principalOf(request).id, password, code, fromOf(request));
      return { message: 'The second factor is off; its recovery codes no longer count.' };
    },
  );

  app.post(
    '/api/auth/recovery-codes',
    {
      schema: operation(
        {
          id: 'makeRecoveryCodes',
          tag: 'auth',
          summary: 'Makes new recovery codes; the old ones no longer count',
          errors: [
            'invalid_credentials',
            'invalid_second_factor',
            'second_factor_off',
            'rate_limited',
            'not_recorded',
          ],
        },
        { body: PasswordAndCode, response: { 200: RecoveryCodes } },
      ),
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const { id } = principalOf(request);
      const { password, code } = request.body;
      const codes = await own.newRecoveryCodes(id, password, code, fromOf(request));
      return {
        message: 'These are your new recovery codes; the old ones no longer count.',
        recovery_codes: [...codes],
      };
    },
  );
}
