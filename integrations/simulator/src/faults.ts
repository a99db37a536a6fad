/** What goes wrong on demand. Percentages are out of 100; each draw is seeded, like everything else. */
export interface SimulatorFaults {
  /** The whole network is unreachable: placing is refused `later`, look-ups and hang-ups fail. Live calls go on. */
  readonly down: boolean;
  /** Of the events: delivered once more some seconds later. */
  readonly duplicateEventsPercent: number;
  /** Of the events: delivered late. */
  readonly delayEventsPercent: number;
  /** How late, at most, in seconds of the network's time. */
  readonly delayEventsSeconds: number;
  /** Of the events: kept back until the call's next event was delivered. */
  readonly shuffleEventsPercent: number;
  /** Of the events: never delivered. */
  readonly dropEventsPercent: number;
  /** Of the placings: the call is made, and the answer lost. */
  readonly loseAnswersPercent: number;
  /** Of the placings: no call is made, and the answer is lost. */
  readonly loseRequestsPercent: number;
  /** Of the placings: refused for now. */
  readonly refuseLaterPercent: number;
  /** Of the look-ups: unreachable. */
  readonly failLookUpsPercent: number;
  /** Of the hang-ups: failed, and the call goes on. */
  readonly failHangUpsPercent: number;
}

export const NO_FAULTS: SimulatorFaults = {
  down: false,
  duplicateEventsPercent: 0,
  delayEventsPercent: 0,
  delayEventsSeconds: 30,
  shuffleEventsPercent: 0,
  dropEventsPercent: 0,
  loseAnswersPercent: 0,
  loseRequestsPercent: 0,
  refuseLaterPercent: 0,
  failLookUpsPercent: 0,
  failHangUpsPercent: 0,
};

/** Changes some faults. Throws on what is no percentage, as a wrong fault would make a test say nothing. */
export function withFaults(
  faults: SimulatorFaults,
  change: Partial<SimulatorFaults>,
): SimulatorFaults {
  const changed = { ...faults, ...change };
  for (const [name, value] of Object.entries(changed)) {
    const sound =
      typeof value === 'boolean' || (value >= 0 && (value <= 100 || !/Percent$/.test(name)));
    if (!sound) throw new Error(`The simulator's fault ${name} cannot be ${value}.`);
  }
  return changed;
}
