import { DEFAULT_DIALING_SETTINGS } from '@outdial/core';
import type { SettingsStore, SettingsVersion } from '@outdial/postgres';
import { QueueSettings, SystemSettings } from '@outdial/protocol';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from './default-settings.js';
import { createSystemSettings } from './system-settings.js';
import {
  fromWireDialing,
  fromWireOverrides,
  toWireDialing,
  toWireOverrides,
} from './translate-dialing.js';

const START = Date.parse('2026-11-20T15:00:00Z');

/** Versions in a list, and two nodes that read them. */
function stage() {
  const versions: SettingsVersion[] = [];
  const store: Pick<SettingsStore, 'current' | 'put'> = {
    current: async () => versions.at(-1) ?? null,
    put: async (value, expected, createdAt) => {
      const current = versions.at(-1) ?? null;
      if ((current?.version ?? 0) !== expected) return { kind: 'conflict', current };
      const settings = { version: expected + 1, value, createdAt };
      versions.push(settings);
      return { kind: 'stored', settings };
    },
  };
  const clock = { now: () => new Date(START) };
  return {
    store,
    settings: createSystemSettings(store, clock),
    other: createSystemSettings(store, clock),
  };
}

const withLines = (lines: number): SystemSettings => ({
  ...DEFAULT_SETTINGS,
  dialing: { ...DEFAULT_SETTINGS.dialing, lines },
});

describe('the system settings', () => {
  it('the settings are the dialer’s defaults until an admin saves others', async () => {
    const { settings } = stage();
    expect(await settings.current()).toEqual({
      version: 0,
      updatedAt: null,
      settings: DEFAULT_SETTINGS,
    });
    expect(SystemSettings.parse(DEFAULT_SETTINGS)).toEqual(DEFAULT_SETTINGS);
    expect(await settings.dialingFor({ settings: {} })).toEqual(DEFAULT_DIALING_SETTINGS);
  });

  it('the system settings count on every node from the moment that one has saved them', async () => {
    const { settings, other } = stage();
    expect((await other.current()).version).toBe(0);
    await settings.put(0, withLines(3));
    for (const node of [settings, other]) {
      const current = await node.current();
      expect(current.version).toBe(1);
      expect(current.settings.dialing.lines).toBe(3);
    }
  });

  it('the system settings are not saved over a newer version', async () => {
    const { settings } = stage();
    await settings.put(0, withLines(3));
    const answer = await settings.put(0, withLines(4));
    expect(answer).toMatchObject({ kind: 'conflict', current: { version: 1 } });
    expect((await settings.current()).settings.dialing.lines).toBe(3);
  });

  it('settings that another node saved reach each listener once, as soon as they are read', async () => {
    const { settings, other } = stage();
    const heard: number[] = [];
    const stop = settings.onChange(({ version }) => heard.push(version));
    await settings.current();
    await other.put(0, withLines(5));
    await settings.current();
    await settings.current();
    await settings.put(1, withLines(6));
    stop();
    await settings.put(2, withLines(7));
    expect(heard).toEqual([1, 2]);
  });

  it('the system settings are never those of a read that a save overtook', async () => {
    const { store } = stage();
    let release: (stale: SettingsVersion | null) => void = () => undefined;
    const slow = createSystemSettings(
      { ...store, current: () => new Promise((resolve) => (release = resolve)) },
      { now: () => new Date(START) },
    );
    const saving = slow.put(0, withLines(3));
    release(null);
    await saving;
    const reading = slow.current();
    release(null);
    expect((await reading).settings.dialing.lines).toBe(3);
  });

  it('the system settings of an older Outdial get the defaults of what it did not know', async () => {
    const { settings, store } = stage();
    const { ring_seconds: _, ...dialing } = withLines(2).dialing;
    await store.put({ dialing }, 0, new Date(START));
    const current = await settings.current();
    expect(current.settings).toEqual(withLines(2));
  });

  it("give way to the queue's own, outcome by outcome", async () => {
    const { settings } = stage();
    const busy = { delaySeconds: 1, tries: 1 };
    const dialing = await settings.dialingFor({
      settings: { ringSeconds: 9, retryRules: { BUSY: busy } },
    });
    expect(dialing).toEqual({
      ...DEFAULT_DIALING_SETTINGS,
      ringSeconds: 9,
      retryRules: { ...DEFAULT_DIALING_SETTINGS.retryRules, BUSY: busy },
    });
  });
});

describe('dialing settings on the wire', () => {
  it('dialing settings on the wire say the same there and back, midnight included', () => {
    const settings = {
      ...DEFAULT_DIALING_SETTINGS,
      callingWindow: { startMinute: 0, endMinute: 1440 },
      enforceWindow: false,
    };
    expect(toWireDialing(settings).calling_window).toEqual({
      start: '00:00',
      end: '24:00',
      enforce: false,
    });
    expect(fromWireDialing(toWireDialing(settings))).toEqual(settings);
  });

  it('dialing settings on the wire leave out what a queue leaves to the system', () => {
    expect(fromWireOverrides({})).toEqual({});
    expect(toWireOverrides({})).toEqual({});
    const overrides = {
      wrapUpSeconds: 0,
      callingWindow: { startMinute: 570, endMinute: 1020 },
      enforceWindow: null,
    };
    const wire = toWireOverrides(overrides);
    expect(QueueSettings.parse(wire)).toEqual({
      wrap_up_seconds: 0,
      calling_window: { start: '09:30', end: '17:00', enforce: null },
    });
    expect(fromWireOverrides(wire)).toEqual(overrides);
  });
});
