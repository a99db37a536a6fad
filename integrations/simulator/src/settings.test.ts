import { describe, expect, it } from 'vitest';
import { PROFILES } from './profiles.js';
import { profileOf, SimulatorSettings } from './settings.js';

const SETTINGS = SimulatorSettings.parse({});
const range = (from: number, to: number) => [{ weight: 1, from, to }];

describe('the simulated phone network', () => {
  it('the simulated phone network decides as the settings say', () => {
    const profile = profileOf({
      ...SETTINGS,
      profile: 'even',
      weights: { CONNECTED: 10, NO_ANSWER: 20, BUSY: 30, VOICEMAIL: 40 },
      decide_seconds: { min: 2, max: 4 },
      talk_seconds: { min: 5, max: 6 },
    });
    expect(profile).toMatchObject({
      weights: { CONNECTED: 10, NO_ANSWER: 20, BUSY: 30, VOICEMAIL: 40, FAILED: 0 },
      answer: range(2, 4),
      noAnswer: range(2, 4),
      busy: range(2, 4),
      voicemail: range(2, 4),
      talk: range(5, 6),
    });
  });

  it("has its own weights again when all of the settings' are zero", () => {
    const weights = { CONNECTED: 0, NO_ANSWER: 0, BUSY: 0, VOICEMAIL: 0 };
    expect(profileOf({ ...SETTINGS, weights }).weights).toEqual(PROFILES.even.weights);
  });

  it('the simulated phone network never rings before it has decided', () => {
    expect(profileOf({ ...SETTINGS, decide_seconds: { min: 0, max: 0 } })).toMatchObject({
      postDial: range(0, 0),
      answer: range(0, 0),
    });
  });

  it('the simulated phone network is the realistic one as it stands', () => {
    expect(profileOf({ ...SETTINGS, profile: 'realistic' })).toBe(PROFILES.realistic);
  });
});
