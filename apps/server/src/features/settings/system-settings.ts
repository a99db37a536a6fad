import {
  type Clock,
  type DialingOverrides,
  type DialingSettings,
  RETRY_AT_LEAST_SECONDS,
  withOverrides,
} from '@outdial/core';
import type { PutSettingsAnswer, SettingsStore, SettingsVersion } from '@outdial/postgres';
import { SystemSettings as WireSettings } from '@outdial/protocol';
import { DEFAULT_SETTINGS } from './default-settings.js';
import { fromWireDialing } from './translate-dialing.js';

/** The settings in force. Version 0: none were saved, the defaults count. */
export interface CurrentSettings {
  readonly version: number;
  readonly updatedAt: Date | null;
  readonly settings: WireSettings;
}

export type SettingsPut =
  | { readonly kind: 'stored'; readonly current: CurrentSettings }
  /** A newer version was saved meanwhile. */
  | { readonly kind: 'conflict'; readonly current: CurrentSettings };

/** Stores a version in a transaction with what must be committed with it. */
export type SettingsCommit = (
  before: CurrentSettings,
  put: (store: Pick<SettingsStore, 'put'>) => Promise<PutSettingsAnswer>,
) => Promise<PutSettingsAnswer>;

export interface SystemSettings {
  current(): Promise<CurrentSettings>;
  /** `version`: the one that the change was made on. */
  put(
    version: number,
    settings: WireSettings,
    /** Left out: in a statement of its own. */
    commit?: SettingsCommit,
  ): Promise<SettingsPut>;
  /** How a session on this queue behaves: the system's settings with the queue's own. */
  dialingFor(queue: { readonly settings: DialingOverrides }): Promise<DialingSettings>;
  /** Tells of each newer version that this process saves or finds; the answer ends it. */
  onChange(listener: (current: CurrentSettings) => void): () => void;
}

/**
 * Read from the database each time: another node may have saved them a moment ago, and a session that is started now keeps
 * what it is given. It is one row, and no call reads it on its way.
 */
export function createSystemSettings(
  store: Pick<SettingsStore, 'current' | 'put'>,
  clock: Clock,
): SystemSettings {
  /** The newest that this process has seen. */
  let known: CurrentSettings | null = null;
  const listeners = new Set<(current: CurrentSettings) => void>();

  /** Answers what was read, or what is newer: a read that began before a save may end after it. */
  const remember = (stored: SettingsVersion | null): CurrentSettings => {
    if (known !== null && (stored?.version ?? 0) <= known.version) return known;
    const isNews = known !== null;
    known = toCurrent(stored);
    if (isNews) for (const listener of listeners) listener(known);
    return known;
  };

  const current = async (): Promise<CurrentSettings> => remember(await store.current());

  return {
    current,
    async put(version, settings, commit = (_before, put) => put(store)) {
      const based = await current();
      if (based.version !== version) return { kind: 'conflict', current: based };
      const answer = await commit(based, (on) => on.put(settings, version, clock.now()));
      return answer.kind === 'stored'
        ? { kind: 'stored', current: remember(answer.settings) }
        : { kind: 'conflict', current: remember(answer.current) };
    },
    async dialingFor(queue) {
      const { settings } = await current();
      return withOverrides(fromWireDialing(settings.dialing), queue.settings);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function toCurrent(stored: SettingsVersion | null): CurrentSettings {
  if (stored === null) return { version: 0, updatedAt: null, settings: DEFAULT_SETTINGS };
  return {
    version: stored.version,
    updatedAt: stored.createdAt,
    settings: WireSettings.parse(withDefaults(stored.value)),
  };
}

/**
 * A version saved by an older Outdial lacks what came later; that has its default. Retry delays that were allowed then and are too
 * short now are raised.
 */
function withDefaults(stored: unknown): unknown {
  const groups = isRecord(stored) ? stored : {};
  const filled: Record<string, unknown> = Object.fromEntries(
    Object.entries(DEFAULT_SETTINGS).map(([name, defaults]) => {
      const group = groups[name];
      return [name, isRecord(group) ? { ...defaults, ...group } : defaults];
    }),
  );
  const { dialing } = filled;
  if (!isRecord(dialing) || !isRecord(dialing.retry_rules)) return filled;
  const retryRules = withLongEnoughDelays(dialing.retry_rules);
  return { ...filled, dialing: { ...dialing, retry_rules: retryRules } };
}

function withLongEnoughDelays(rules: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(rules).map(([outcome, rule]) => {
      if (!isRecord(rule) || typeof rule.delay_seconds !== 'number') return [outcome, rule];
      const { unlimited, limited } = RETRY_AT_LEAST_SECONDS;
      const least = rule.tries === null ? unlimited : limited;
      return [outcome, { ...rule, delay_seconds: Math.max(rule.delay_seconds, least) }];
    }),
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
