/** As much of the answer to a sign-in as a token needs. */
export interface Granted {
  readonly access_token: string;
  /** Seconds. */
  readonly expires_in: number;
}

export interface TokenKeeperOptions {
  /** Gets the next token; null: that is over, somebody must sign in anew. Never runs twice at once. Fails when nobody could be asked. */
  readonly renew: () => Promise<Granted | null>;
  /** Milliseconds, of any clock that goes on while the machine sleeps. */
  readonly now?: () => number;
}

export interface TokenKeeper {
  /**
   * A token that is good for a while, renewed where it is about to end or is the one that was refused; null: there is none. Fails as
   * `renew` does, unless the token at hand is still good.
   */
  token(refused?: string): Promise<string | null>;
  /** Goes on with this one. */
  take(granted: Granted): void;
  /** Forgets it; what a renewal under way brings is forgotten too. */
  drop(): void;
}

const RENEW_BEFORE_END_MS = 60_000;

/** Keeps an access token in memory and renews it in time: when somebody needs it, not by a timer. */
export function createTokenKeeper({ renew, now = Date.now }: TokenKeeperOptions): TokenKeeper {
  let held: { readonly token: string; readonly endsAt: number; readonly renewAt: number } | null =
    null;
  let renewing: Promise<void> | undefined;
  /** What is held was given from outside since. */
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
      const mayGoOn = !isRefused && now() < held.endsAt;
      try {
        await renewed();
      } catch (error) {
        if (!mayGoOn) throw error;
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
