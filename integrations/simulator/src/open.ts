import type { CarrierDeps, OpenCarrier } from '@outdial/kit';
import { networkOver } from './network-over.js';
import { profileOf, SimulatorSettings } from './settings.js';
import { createSimulator } from './simulator.js';

export async function openSimulator(deps: CarrierDeps<SimulatorSettings>): Promise<OpenCarrier> {
  const { settings, timers, log, shared } = deps;
  const network = shared === null ? null : networkOver(shared, deps.connectionId);
  const simulator = createSimulator({
    name: deps.connectionId,
    timers,
    seed: settings.seed,
    speed: settings.speed,
    profile: profileOf(settings),
    deliver: (event) => deps.deliver(event),
    ...(network === null ? {} : { shared: network }),
    onUndelivered: (event, error) =>
      log.error({ dedupe_key: event.dedupeKey, err: error }, 'simulator event lost'),
  });
  return {
    telephony: simulator,
    missing: async () => null,
    ping: async () => undefined,
    // Live calls keep their plan; another seed or speed makes another network.
    applySettings(changed) {
      const next = SimulatorSettings.parse(changed);
      if (next.seed !== settings.seed || next.speed !== settings.speed) return false;
      simulator.setProfile(profileOf(next));
      return true;
    },
    start: () => simulator.start(),
    async close() {
      await simulator.close();
      network?.close();
    },
  };
}
