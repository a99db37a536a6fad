import { operations } from '@outdial/protocol';
import type { FastifyReply } from 'fastify';
import { principalOf } from '../../access/principal.js';
import { type Handled, handle } from '../../operations/handle.js';
import { Refusal } from '../../platform/refusal.js';
import type { HttpPorts } from '../http-ports.js';
import { readDeviceCookie, setDeviceCookie } from './device-cookie.js';
import { clearRefreshCookie, readRefreshCookie, setRefreshCookie } from './refresh-cookie.js';
import { fromOf } from './request-origin.js';
import { toWireMe, toWireSignedIn, toWireSignIns } from './to-wire.js';

type Ports = Pick<HttpPorts, 'accounts' | 'secureCookies'>;

/** Signing in and out, and what users change about themselves. */
export function authHandlers(ports: Ports): readonly Handled[] {
  return [
    ...signingInHandlers(ports),

    ...ownAccountHandlers(ports),

    ...secondFactorHandlers(ports),
  ];
}

function signingInHandlers({ accounts, secureCookies }: Ports): readonly Handled[] {
  const { signingIn } = accounts;
  /** Tokens must not be kept elsewhere, by a proxy or in the browser's history (RFC 6749, section 5.1). */
  const keepNothing = (reply: FastifyReply): void => void reply.header('cache-control', 'no-store');
  return [
    handle(operations.auth.login, async (request, reply) => {
      const { email, password, second_factor: secondFactor, keep_in: keepIn } = request.body;
      keepNothing(reply);
      const tokens = await signingIn.signIn(
        {
          email,
          password,
          secondFactor,
          device: readDeviceCookie(request, secureCookies),
          rememberDevice: keepIn === 'cookie',
        },
        fromOf(request),
      );
      if (keepIn === 'cookie') {
        const { refreshToken, refreshUntil, device } = tokens;
        const refresh = setRefreshCookie(refreshToken, refreshUntil, secureCookies);
        const known = device === null ? [] : [setDeviceCookie(device, secureCookies)];
        reply.header('set-cookie', [refresh, ...known]);
      }
      return toWireSignedIn(tokens, keepIn);
    }),

    handle(operations.auth.refresh, async (request, reply) => {
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
        if (error instanceof Refusal && error.code === 'refresh_token' && given === undefined) {
          reply.header('set-cookie', clearRefreshCookie(secureCookies));
        }
        throw error;
      }
    }),

    handle(operations.auth.logout, async (request, reply) => {
      keepNothing(reply);
      await signingIn.signOut(
        request.body?.refresh_token ?? readRefreshCookie(request, secureCookies),
        fromOf(request),
      );
      reply.header('set-cookie', clearRefreshCookie(secureCookies));
      return { message: 'You are signed out.' };
    }),
  ];
}

function ownAccountHandlers({ accounts, secureCookies }: Ports): readonly Handled[] {
  const { own } = accounts;
  return [
    handle(operations.auth.logoutEverywhere, async (request, reply) => {
      const ended = await own.signOutEverywhere(principalOf(request).id, fromOf(request));
      reply.header('set-cookie', clearRefreshCookie(secureCookies));
      return { message: `You are signed out everywhere (${ended} sign-ins).` };
    }),

    handle(operations.auth.me, async (request) => toWireMe(await own.get(principalOf(request).id))),

    handle(operations.auth.updateMe, async (request) =>
      toWireMe(await own.rename(principalOf(request).id, request.body.name, fromOf(request))),
    ),

    handle(operations.auth.changePassword, async (request) => {
      const { id, signInId } = principalOf(request);
      const { current_password: current, new_password: next } = request.body;
      await own.changePassword(id, { current, next, signInId }, fromOf(request));
      return { message: 'Your password was changed. All other sign-ins were ended.' };
    }),

    handle(operations.auth.signIns, async (request) => {
      const { id, signInId } = principalOf(request);
      return toWireSignIns(await own.signIns(id), signInId);
    }),

    handle(operations.auth.endSignIn, async (request) => {
      await own.endSignIn(principalOf(request).id, request.params.id, fromOf(request));
      return { message: 'The sign-in was ended.' };
    }),
  ];
}

function secondFactorHandlers({ accounts }: Ports): readonly Handled[] {
  const { own } = accounts;
  return [
    handle(operations.auth.startSecondFactor, async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const { id, signInId } = principalOf(request);
      const { password } = request.body;
      return own.startSecondFactor(id, { password, signInId }, fromOf(request));
    }),

    handle(operations.auth.confirmSecondFactor, async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const { id } = principalOf(request);
      const codes = await own.confirmSecondFactor(id, request.body.code, fromOf(request));
      return {
        message: 'The second factor is on. Keep the recovery codes where the phone is not.',
        recovery_codes: [...codes],
      };
    }),

    handle(operations.auth.endSecondFactor, async (request) => {
      const { id, signInId } = principalOf(request);
      await own.endSecondFactor(id, { ...request.body, signInId }, fromOf(request));
      return { message: 'The second factor is off; its recovery codes no longer count.' };
    }),

    handle(operations.auth.makeRecoveryCodes, async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const { id, signInId } = principalOf(request);
      const proof = { ...request.body, signInId };
      const codes = await own.newRecoveryCodes(id, proof, fromOf(request));
      return {
        message: 'These are your new recovery codes; the old ones no longer count.',
        recovery_codes: [...codes],
      };
    }),
  ];
}
