import { randomUUID } from 'node:crypto';
import type { Clock } from '@outdial/core';
import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';

/** RFC 8725 (JWT Best Current Practices): one algorithm, its issuer, its audience and its kind are all pinned. */
const ALGORITHM = 'HS256';
const ISSUER = 'outdial';
const AUDIENCE = 'outdial-api';
/** RFC 9068 */
const TYPE = 'at+jwt';
export const ACCESS_TOKEN_SECONDS = 600;

const Claims = z.object({ sub: z.uuid(), sid: z.uuid() });

/** Tell who signed in, for ten minutes. What they may do is not in them: it is looked up with each request. */
export interface AccessTokens {
  issue(userId: string, signInId: string): Promise<string>;
  /** `over`: it was good once. */
  read(
    token: string,
  ): Promise<{ readonly userId: string; readonly signInId: string } | 'over' | 'invalid'>;
}

/** `key`: as it is at this moment, since it may be replaced while the server runs. */
export function createAccessTokens(key: () => Uint8Array, clock: Clock): AccessTokens {
  return {
    issue(userId, signInId) {
      const now = Math.floor(clock.now().getTime() / 1000);
      return new SignJWT({ sid: signInId })
        .setProtectedHeader({ alg: ALGORITHM, typ: TYPE })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(userId)
        .setJti(randomUUID())
        .setIssuedAt(now)
        .setExpirationTime(now + ACCESS_TOKEN_SECONDS)
        .sign(key());
    },
    async read(token) {
      try {
        const { payload } = await jwtVerify(token, key(), {
          algorithms: [ALGORITHM],
          issuer: ISSUER,
          audience: AUDIENCE,
          typ: TYPE,
          requiredClaims: ['sub', 'sid', 'jti', 'iat', 'exp'],
          // Not longer than we make them, whatever they say themselves.
          maxTokenAge: ACCESS_TOKEN_SECONDS,
          clockTolerance: 5,
          currentDate: clock.now(),
        });
        const claims = Claims.safeParse(payload);
        if (!claims.success) return 'invalid';
        return { userId: claims.data.sub, signInId: claims.data.sid };
      } catch (error) {
        if (error instanceof errors.JWTExpired) return 'over';
        if (error instanceof errors.JOSEError) return 'invalid';
        throw error;
      }
    },
  };
}
