import type { Logger } from 'pino';
import type { CurrentSettings } from '../features/settings/system-settings.js';
import type { OpenedStores } from './open-stores.js';

/** Leads that the old hours, limits or countries deferred may be callable by the new ones. */
export async function releaseHeldLeadsWhenRulesChange(
  { settings, stores, clock }: OpenedStores,
  log: Logger,
): Promise<void> {
  let rules = deferringRulesOf(await settings.current());
  settings.onChange((current) => {
    const changed = deferringRulesOf(current);
    if (changed === rules) return;
    rules = changed;
    void stores.held.release(null, clock.now()).catch((error: unknown) => {
      log.error({ err: error }, 'held leads could not be released');
    });
  });
}

const deferringRulesOf = ({ settings: { dialing, imports } }: CurrentSettings): string =>
  JSON.stringify([dialing.calling_window, dialing.contact_limits, imports.allowed_countries]);
