import { cleanup, render, screen } from '@testing-library/react';
import { Component, type ReactNode, Suspense } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type LazyPorts, lazyPage, NewRelease } from './lazy-page.js';

/** A server that answers from the given try on, and what was done meanwhile. */
function aPageThatLoads(atTry: number, isNewRelease: boolean | null = false) {
  const waits: number[] = [];
  let tries = 0;
  const reload = vi.fn();
  const ports: LazyPorts = {
    wait: async (ms) => {
      waits.push(ms);
      // A tab that is reloaded waits for nothing any more.
      if (reload.mock.calls.length > 0) await new Promise(() => {});
    },
    isNewRelease: async () => isNewRelease,
    reload,
  };
  const page = lazyPage(async () => {
    tries += 1;
    if (tries < atTry) throw new TypeError('Failed to fetch dynamically imported module');
    return () => <p>Here it is</p>;
  }, ports);
  const show = () =>
    render(
      <Suspense fallback="…">
        <page.Page />
      </Suspense>,
    );
  return { page, show, waits, reload, tries: () => tries };
}

beforeEach(() => sessionStorage.clear());
afterEach(() => sessionStorage.clear());

it('a page whose server was away opens by itself when it is back', async () => {
  const { show, waits } = aPageThatLoads(8, null);
  show();
  expect(await screen.findByText('Here it is')).toBeTruthy();
  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
});

it('a page that was fetched before anybody asked is fetched once', async () => {
  const { page, show, tries } = aPageThatLoads(1);
  await page.preload();
  show();
  expect(await screen.findByText('Here it is')).toBeTruthy();
  expect(tries()).toBe(1);
});

it('a page that could not be fetched beforehand is asked for again when it is opened', async () => {
  const { page, show } = aPageThatLoads(2);
  await page.preload();
  show();
  expect(await screen.findByText('Here it is')).toBeTruthy();
});

it('a new release reloads the tab once, and then asks instead of reloading for ever', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  const first = aPageThatLoads(99, true);
  expect(() => first.show()).not.toThrow();
  await expect.poll(() => first.reload.mock.calls.length).toBe(1);
  cleanup();
  const second = aPageThatLoads(99, true);
  class Boundary extends Component<{ children: ReactNode }, { error: unknown }> {
    override state = { error: null as unknown };
    static getDerivedStateFromError(error: unknown) {
      return { error };
    }
    override render() {
      return this.state.error instanceof NewRelease ? 'Outdial was updated' : this.props.children;
    }
  }
  render(
    <Boundary>
      <Suspense fallback="…">
        <second.page.Page />
      </Suspense>
    </Boundary>,
  );
  expect(await screen.findByText('Outdial was updated')).toBeTruthy();
  expect(second.reload).not.toHaveBeenCalled();
  vi.restoreAllMocks();
});
