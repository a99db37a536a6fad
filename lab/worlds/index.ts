export { NO_FAULTS, planWorld, type WorldFaults, type WorldPlan } from './plan.js';
export * from './promises.js';
export { runWorld, type WorldFailure, type WorldOptions, type WorldReport } from './run-world.js';
export { Tally } from './tally.js';
