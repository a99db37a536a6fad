/** The part of a sign-in response that describes the access token. */
export interface Granted {
  readonly access_token: string;
  /** Seconds. */
  readonly expires_in: number;
}

export interface TokenKeeperOptions {
  /** Gets the next token; null: the login session has ended and the user must sign in again. Never runs twice concurrently. Rejects when the server cannot be reached. */
  readonly renew: () => Promise<Granted | null>;
  /** Milliseconds of a clock that keeps running while the machine sleeps. */
  readonly now?: () => number;
}

export interface TokenKeeper {
  /**
   * Returns a valid token, renewed if it expires soon or equals `refused`; null: there is none. Rejects when
   * `renew` rejects, unless the current token is still valid.
   */
  token(refused?: string): Promise<string | null>;
  /** Uses this token from now on. */
  take(granted: Granted): void;
  /** Forgets the token, and the result of a renewal that is running. */
  drop(): void;
}

const RENEW_BEFORE_END_MS = 60_000;

/** Keeps an access token in memory and renews it in time: when a caller needs it, not by a timer. */
export function createTokenKeeper({ renew, now = Date.now }: TokenKeeperOptions): TokenKeeper {
  let held: { readonly token: string; readonly endsAt: number; readonly renewAt: number } | null =
    null;
  let renewing: Promise<void> | undefined;
  /** Counts `take` and `drop`, so that a renewal that started before does not overwrite them. */
  let changes = 0;

  const hold = ({ access_token, expires_in }: Granted) => {
    const life = expires_in * 1_000;
    const endsAt = now() + life;
    held = {
      token: access_token,
      endsAt,
      renewAt: endsAt - Math.min(RENEW_BEFORE_END_MS, life / 4),
    };
  };

  async function renewNow(): Promise<void> {
    const before = changes;
    const granted = await renew();
    if (changes !== before) return;
    if (granted === null) held = null;
    else hold(granted);
  }

  function renewed(): Promise<void> {
    renewing ??= renewNow().finally(() => {
      renewing = undefined;
    });
    return renewing;
  }

  return {
    async token(refused) {
      if (held === null) return null;
      const isRefused = refused === held.token;
      if (!isRefused && now() < held.renewAt) return held.token;
      const isStillValid = !isRefused && now() < held.endsAt;
      try {
        await renewed();
      } catch (error) {
        if (!isStillValid) throw error;
      }
      return (held as { readonly token: string } | null)?.token ?? null;
    },
    take(granted) {
      changes += 1;
      hold(granted);
    },
    drop() {
      changes += 1;
      held = null;
    },
  };
}
