export type { SimulatorEvent } from './event.js';
export type { DeliveredEvent } from './event-delivery.js';
export { NO_FAULTS, type SimulatorFaults } from './faults.js';
export { FORCED_RANGES, type Forced, type ForcedRange, forcedBy } from './forced-numbers.js';
export { manifest } from './manifest.js';
export { networkOver } from './network-over.js';
export { type CallPlan, planCall, type Timeline, timelineOf } from './plan-call.js';
export {
  type Band,
  between,
  type FarEnd,
  PROFILES,
  type Profile,
  type ProfileName,
  type Spread,
} from './profiles.js';
export { profileOf, SimulatorSettings } from './settings.js';
export { NOTHING_SHARED, type SharedCall, type SharedNetwork } from './shared-network.js';
export {
  createSimulator,
  SIMULATOR_CAPABILITIES,
  type SimulatedCall,
  type Simulator,
  type SimulatorOptions,
} from './simulator.js';
