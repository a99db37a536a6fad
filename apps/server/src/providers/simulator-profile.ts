import type { SystemSettings } from '@outdial/protocol';
import { between, PROFILES, type Profile } from '@outdial/simulator';

/** The phone network that the settings describe. The realistic profile has its own weights and times. */
export function simulatorProfile(settings: SystemSettings['simulator']): Profile {
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
