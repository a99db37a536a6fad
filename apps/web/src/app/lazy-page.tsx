import { type ComponentType, lazy } from 'react';

type Load = () => Promise<ComponentType>;

export interface LazyPage {
  readonly Page: ComponentType;
  /** Fetches it before anybody asks. Never fails. */
  readonly preload: () => Promise<void>;
}

const RETRY_FIRST_MS = 500;
const RETRY_MOST_MS = 15_000;
/** In the session's storage: when this tab was last reloaded for the sake of a page that is gone from the server. */
const RELOADED_AT = 'outdial.reloaded-for-page';
/** A second failure this soon after means that reloading does not help. */
const RELOAD_AGAIN_AFTER_MS = 5 * 60_000;

export interface LazyPorts {
  readonly wait: (ms: number) => Promise<void>;
  /** Whether the server runs another release than the one this page came from; null: it cannot be asked. */
  readonly isNewRelease: () => Promise<boolean | null>;
  readonly reload: () => void;
}

/**
 * A page in a file of its own. While the server is away it is asked for again and again, with growing pauses, and the place of the
 * page says so (`PageLoading`). A new release names its files anew: then the tab is reloaded, once.
 */
export function lazyPage(load: Load, ports: LazyPorts = browserPorts): LazyPage {
  let loaded: Promise<ComponentType> | undefined;
  const once = () => {
    loaded ??= load().catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  };
  return {
    Page: lazy(async () => ({ default: await persistently(once, ports) })),
    preload: () =>
      once().then(
        () => {},
        () => {},
      ),
  };
}

async function persistently(load: Load, ports: LazyPorts): Promise<ComponentType> {
  for (let pause = RETRY_FIRST_MS; ; pause = Math.min(pause * 2, RETRY_MOST_MS)) {
    try {
      return await load();
    } catch (error) {
      if ((await ports.isNewRelease()) === true) {
        if (!mayReload())
          throw new NewRelease('The server runs another release.', { cause: error });
        ports.reload();
      }
    }
    await ports.wait(pause);
  }
}

/** The server has another release than this tab, and reloading did not bring it. */
export class NewRelease extends Error {
  override readonly name = 'NewRelease';
}

function mayReload(): boolean {
  try {
    const last = Number(sessionStorage.getItem(RELOADED_AT) ?? 0);
    if (Date.now() - last < RELOAD_AGAIN_AFTER_MS) return false;
    sessionStorage.setItem(RELOADED_AT, String(Date.now()));
    return true;
  } catch {
    return false;
  }
}

/** The scripts that a page of this release begins with. */
const scriptsOf = (html: string) =>
  [...html.matchAll(/<script[^>]+src="([^"]+)"/g)].map(([, src]) => src).sort();

const browserPorts: LazyPorts = {
  wait: (ms) =>
    new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        window.removeEventListener('online', done);
        window.removeEventListener(CONNECTED, done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      window.addEventListener('online', done);
      window.addEventListener(CONNECTED, done);
    }),
  async isNewRelease() {
    try {
      const answer = await fetch('/', { cache: 'no-store' });
      if (!answer.ok) return null;
      const there = scriptsOf(await answer.text());
      if (there.length === 0) return null;
      const here = [...document.querySelectorAll('script[src]')].map((s) => s.getAttribute('src'));
      return there.some((src) => !here.includes(src ?? ''));
    } catch {
      return null;
    }
  },
  reload: () => window.location.reload(),
};

/** Sent on the window when the live connection is back: what waits for the server tries at once. */
export const CONNECTED = 'outdial:connected';
