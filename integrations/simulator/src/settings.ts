import { z } from 'zod';
import { between, PROFILES, type Profile } from './profiles.js';

const Seconds = z
  .object({ min: z.number().min(0).max(86_400), max: z.number().min(0).max(86_400) })
  .refine(({ min, max }) => min <= max, { error: 'min must not be above max', path: ['max'] });
const Weight = z.number().min(0).max(1_000_000);

/** With this one the first calls of the sample queue show each outcome: unanswered, busy, two people, a mailbox. */
const TELLING_SEED = 27;

/** How simulated phones behave. */
export const SimulatorSettings = z.object({
  profile: z.enum(['even', 'realistic']).default('even').meta({
    title: 'Profile',
    description:
      'Even: outcomes by the weights below. Realistic: as in outbound campaigns, mostly unanswered.',
  }),
  weights: z
    .object({
      CONNECTED: Weight.meta({ title: 'A person answers' }),
      NO_ANSWER: Weight.meta({ title: 'No answer' }),
      BUSY: Weight.meta({ title: 'Busy' }),
      VOICEMAIL: Weight.meta({ title: 'Voicemail' }),
    })
    .default({ CONNECTED: 40, NO_ANSWER: 25, BUSY: 20, VOICEMAIL: 15 })
    .meta({ title: 'Weights', description: 'How often each happens, relative to the others.' }),
  decide_seconds: Seconds.default({ min: 3, max: 8 }).meta({
    title: 'Decided after',
    description: 'From dialing until the call is answered or fails.',
    'x-unit': 'seconds',
  }),
  talk_seconds: Seconds.default({ min: 10, max: 40 }).meta({
    title: 'Conversation',
    'x-unit': 'seconds',
  }),
  speed: z.number().positive().max(100_000).default(1).meta({
    title: 'Speed',
    description: '10: ten seconds of the network pass in one.',
  }),
  seed: z.number().int().min(-2_147_483_648).max(2_147_483_647).default(TELLING_SEED).meta({
    title: 'Seed',
    description: 'The same seed treats the same number, called for the same attempt, alike.',
  }),
});
export type SimulatorSettings = z.infer<typeof SimulatorSettings>;

/** The phone network that the settings describe. The realistic profile has its own weights and times. */
export function profileOf(settings: SimulatorSettings): Profile {
  if (settings.profile === 'realistic') return PROFILES.realistic;
  const decided = between(settings.decide_seconds.min, settings.decide_seconds.max);
  const total = Object.values(settings.weights).reduce((sum, weight) => sum + weight, 0);
  return {
    ...PROFILES.even,
    weights: total > 0 ? { ...settings.weights, FAILED: 0 } : PROFILES.even.weights,
    // A phone that is decided at once never had time to ring.
    postDial: between(0, Math.min(1.5, settings.decide_seconds.min)),
    answer: decided,
    noAnswer: decided,
    busy: decided,
    voicemail: decided,
    failed: decided,
    talk: between(settings.talk_seconds.min, settings.talk_seconds.max),
  };
}
