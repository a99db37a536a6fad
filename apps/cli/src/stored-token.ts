import { ApiError, type Client, createClient } from '@outdial/client';
import type { SignedIn } from '@outdial/protocol';
import { readSignIns, type StoredSignIn, updateSignIns } from './sign-in-file.js';

/** A token is renewed so long before it ends. */
const RENEW_BEFORE_END_MS = 30_000;

export interface StoredToken {
  /** A token that is good now; `refused`: the server did not take this one. null: there is no sign-in, or it has ended. */
  token(refused?: string): Promise<string | null>;
}

/** The token of the stored sign-in at `url`, renewed and stored again when it is about to end. */
export function storedToken(
  path: string,
  url: string,
  auth: Pick<Client['auth'], 'refresh'> = createClient({ baseUrl: url }).auth,
): StoredToken {
  const good = (
    stored: StoredSignIn | undefined,
    refused: string | undefined,
  ): stored is StoredSignIn =>
    stored !== undefined &&
    stored.accessToken !== refused &&
    Date.parse(stored.accessTokenUntil) - Date.now() > RENEW_BEFORE_END_MS;

  return {
    async token(refused) {
      const stored = (await readSignIns(path)).servers[url];
      if (stored === undefined) return null;
      if (good(stored, refused)) return stored.accessToken;
      const next = await updateSignIns(path, async (signIns) => {
        const latest = signIns.servers[url];
        // Another command may have renewed it meanwhile.
        if (latest === undefined || good(latest, refused)) return signIns;
        const renewed = await renew(auth, latest);
        const { [url]: _, ...others } = signIns.servers;
        if (renewed === null) return { ...signIns, servers: others };
        return { ...signIns, servers: { ...others, [url]: renewed } };
      });
      return next.servers[url]?.accessToken ?? null;
    },
  };
}

async function renew(
  auth: Pick<Client['auth'], 'refresh'>,
  { email, refreshToken }: StoredSignIn,
): Promise<StoredSignIn | null> {
  try {
    return toStored(email, await auth.refresh({ refresh_token: refreshToken }));
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}

export function toStored(email: string, granted: SignedIn): StoredSignIn {
  if (granted.refresh_token === undefined) throw new Error('The server gave no refresh token.');
  return {
    email,
    accessToken: granted.access_token,
    accessTokenUntil: new Date(Date.now() + granted.expires_in * 1_000).toISOString(),
    refreshToken: granted.refresh_token,
  };
}
