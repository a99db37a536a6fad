import { HttpResponse, http } from 'msw';
import { expect, it } from 'vitest';
import { backend, problem, signedInAs, world } from '../testing/backend.js';
import { aUser, id } from '../testing/builders.js';
import { createAccountStore } from './account-store.js';
import type { TabMessage, Tabs } from './tabs.js';

const BASE = 'http://localhost:3000';

/** The tabs of one browser: what one tells the others hear at once, and only one is at the cookie at a time. */
function aBrowser() {
  const ears = new Map<object, (message: TabMessage) => void>();
  let last: Promise<unknown> = Promise.resolve();
  let remembered: boolean | null = null;
  return {
    openTab() {
      const me = {};
      const tabs: Tabs = {
        tell(message) {
          for (const [tab, hear] of ears) if (tab !== me) hear(message);
        },
        listen(hear) {
          ears.set(me, hear);
          return () => ears.delete(me);
        },
        likelySignedIn: () => remembered,
        rememberSignedIn(isSignedIn) {
          remembered = isSignedIn;
        },
        serialize(work) {
          const turn = last.then(work, work);
          last = turn.catch(() => {});
          return turn;
        },
      };
      const store = createAccountStore(BASE, tabs);
      store.start();
      return store;
    },
  };
}

const settled = async (store: ReturnType<typeof createAccountStore>) => {
  await store.restore();
  return store.state();
};

it('finds who is signed in by the cookie, after a reload', async () => {
  world.signedIn = signedInAs(aUser({ name: 'Ada Moreau' }));
  expect(await settled(aBrowser().openTab())).toMatchObject({
    kind: 'in',
    user: { name: 'Ada Moreau' },
  });
});

it('a browser that signed out asks nothing of the server', async () => {
  const browser = aBrowser();
  const first = browser.openTab();
  await settled(first);
  await first.signOut();
  let asked = 0;
  backend.use(
    http.post('*/api/auth/refresh', () => {
      asked += 1;
      return problem(401, 'refresh_token', 'There is none.');
    }),
  );
  expect(await settled(browser.openTab())).toEqual({ kind: 'out', because: 'not_signed_in' });
  expect(asked).toBe(0);
});

it('asks for a sign-in where there is no cookie', async () => {
  world.signedIn = null;
  expect(await settled(aBrowser().openTab())).toEqual({ kind: 'out', because: 'not_signed_in' });
});

it('does not take a server that is away for a sign-in that is over', async () => {
  backend.use(http.post('*/api/auth/refresh', () => HttpResponse.error()));
  const store = aBrowser().openTab();
  expect(await settled(store)).toMatchObject({ kind: 'unreachable' });
  backend.resetHandlers();
  expect(await settled(store)).toMatchObject({ kind: 'in' });
});

it('signs every tab in with the one where it was done, and out with it', async () => {
  world.signedIn = null;
  const browser = aBrowser();
  const [here, there] = [browser.openTab(), browser.openTab()];
  await Promise.all([settled(here), settled(there)]);
  await here.signIn({ email: 'ada@outdial.example', password: 'right horse battery' });
  expect(there.state()).toMatchObject({ kind: 'in' });
  await there.signOut();
  expect(here.state()).toEqual({ kind: 'out', because: 'signed_out' });
  expect(await here.token()).toBeNull();
});

it('uses the cookie once when two tabs need a new token at the same time', async () => {
  let refreshes = 0;
  backend.use(
    http.post('*/api/auth/refresh', () => {
      refreshes += 1;
      return HttpResponse.json({ ...signedInAs(aUser()), access_token: `token-${refreshes}` });
    }),
  );
  const browser = aBrowser();
  const here = browser.openTab();
  await settled(here);
  const there = browser.openTab();
  await settled(there);
  refreshes = 10;
  const refused = (await here.token()) ?? '';
  const tokens = await Promise.all([here.token(refused), there.token(refused)]);
  expect(tokens).toEqual(['token-11', 'token-11']);
  expect(refreshes).toBe(11);
});

it('unsaved work is kept when the server ends the sign-in', async () => {
  const store = aBrowser().openTab();
  await settled(store);
  backend.use(
    http.post('*/api/auth/refresh', () => problem(401, 'refresh_token', 'Sign in again.')),
  );
  expect(await store.token((await store.token()) ?? '')).toBeNull();
  expect(store.state()).toMatchObject({ kind: 'expired', user: { id: id(601) } });
});

it('goes on when the server could not be told of the sign-out', async () => {
  const store = aBrowser().openTab();
  await settled(store);
  backend.use(http.post('*/api/auth/logout', () => HttpResponse.error()));
  await expect(store.signOut()).rejects.toThrow();
  expect(store.state()).toMatchObject({ kind: 'in' });
});

it('remembers a one-time password just until another one is chosen', async () => {
  world.signedIn = null;
  const store = aBrowser().openTab();
  await settled(store);
  world.user = aUser({ must_change_password: true });
  await store.signIn({ email: 'ada@outdial.example', password: 'shown at the start' });
  expect(store.oneTimePassword()).toBe('shown at the start');
  const { user, permissions } = signedInAs(aUser());
  store.setMe({ user, permissions });
  expect(store.oneTimePassword()).toBeNull();
});
