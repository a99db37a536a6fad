import type { DialerPorts } from '@outdial/core';
import { describe, expect, it } from 'vitest';
import { createDialingWatch } from './dialing-watch.js';

type DialerStore = DialerPorts['store'];
type Applied = Awaited<ReturnType<DialerStore['fillLines']>>;

/** A watch in virtual time, and a store whose claims bring so many calls. */
function createWatch({ calls = 1 } = {}) {
  let time = 1_000;
  /** What happens when the time has come. */
  const later: { readonly at: number; readonly act: () => void }[] = [];
  const watch = createDialingWatch({
    now: () => time,
    async sleep(ms) {
      time += ms;
      for (const { at, act } of later) if (at <= time) act();
      await new Promise(setImmediate);
    },
  });
  let finish: () => void = () => undefined;
  const given = {
    fillLines: async () => ({ calls: Array.from({ length: calls }) }) as unknown as Applied,
    releaseHeld: () => new Promise<void>((resolve) => (finish = resolve)),
  };
  const store = watch.around(Object.create(given) as unknown as DialerStore);
  return {
    watch,
    store: store as unknown,
    claim: () => (store.fillLines as () => Promise<unknown>)(),
    /** Something that is under way until the time `at`. */
    ask(at: number) {
      later.push({ at, act: () => finish() });
      return (store as unknown as typeof given).releaseHeld();
    },
    at: () => time,
    advance: (ms: number) => {
      time += ms;
    },
  };
}

describe('the pause between two steps of an import', () => {
  it('the pause between two steps of an import takes no time while nothing is dialed, also when sessions look for leads in vain', async () => {
    const { watch, claim, at } = createWatch({ calls: 0 });
    await claim();
    expect(watch.isDialing()).toBe(false);
    await watch.pause();
    expect(at()).toBe(1_000);
  });

  it('the pause between two steps of an import lasts until the dialer has asked for nothing for 3 ms', async () => {
    const { watch, claim, ask, at } = createWatch();
    await claim();
    expect(watch.isDialing()).toBe(true);
    const asking = ask(1_010);
    await watch.pause();
    await asking;
    expect(at()).toBe(1_013);
  });

  it('the pause between two steps of an import knows of a store that was copied, too', async () => {
    const { watch, store } = createWatch();
    const copy = { ...(store as object) } as {
      fillLines(): Promise<unknown>;
      releaseHeld?: unknown;
    };
    expect(copy.releaseHeld).toBeTypeOf('function');
    await copy.fillLines();
    expect(watch.isDialing()).toBe(true);
  });

  it('the pause between two steps of an import ends after 50 ms, however much is dialed', async () => {
    const { watch, claim, ask, at } = createWatch();
    await claim();
    void ask(9_999);
    await watch.pause();
    expect(at()).toBe(1_050);
  });

  it('the pause between two steps of an import takes no time once the last claim is 2 s ago', async () => {
    const { watch, claim, advance, at } = createWatch();
    await claim();
    advance(2_000);
    expect(watch.isDialing()).toBe(false);
    await watch.pause();
    expect(at()).toBe(3_000);
  });
});
