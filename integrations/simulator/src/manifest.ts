import { about, carrierManifest } from '@outdial/kit';
import { z } from 'zod';
import { openSimulator } from './open.js';
import { SimulatorSettings } from './settings.js';
import { SIMULATOR_CAPABILITIES } from './simulator.js';

const SPEED = 'must be a number above 0 and at most 100000';
const SEED = 'must be a whole number from -2147483648 to 2147483647';

export const manifest = carrierManifest({
  kind: 'carrier',
  id: 'simulator',
  label: 'Practice',
  summary:
    'A simulated phone network, for trying things out and for training: no real phone rings.',
  isPractice: true,
  capabilities: SIMULATOR_CAPABILITIES,
  credentials: [],
  settings: SimulatorSettings,
  environment: {
    SIMULATOR_SPEED: {
      setting: 'speed',
      schema: z.coerce.number(SPEED).positive(SPEED).max(100_000, SPEED),
    },
    SIMULATOR_SEED: {
      setting: 'seed',
      schema: z.coerce.number(SEED).int(SEED).min(-2_147_483_648, SEED).max(2_147_483_647, SEED),
    },
  },
  open: openSimulator,
  check: async () => [about('provider').ok('the simulator: no real phone rings')],
});
