/** The decision that a number may be called, stored with the call as its proof (P8). */
export interface ComplianceClearance {
  readonly decidedAt: Date;
  /** Which rule let it pass. `window_off`: the queue's provider rings no real phone, or the window is off. */
  readonly rule: 'inside_window' | 'window_off';
  /** The zones looked at: the lead's own, else every zone that the prefix may lie in. */
  readonly zones: readonly string[];
  /** The clearance holds before this instant; null: no end. */
  readonly until: Date | null;
  /** What was known of earlier calls to the number; null or left out: gap and cap were not enforced. */
  readonly contact?: ContactClearance | null;
}

/** That gap and cap were looked at, and on which calls. */
export interface ContactClearance {
  readonly gapSeconds: number;
  readonly callsPerDay: number;
  /** Calls to the number on that day where the person is, without this one. */
  readonly callsToday: number;
  /** When the last call to the number ended. */
  readonly lastEndedAt: Date | null;
  /** Whose calendar day was looked at. */
  readonly zones: readonly string[];
  /** A call-back that was promised, which may exceed both. */
  readonly promised: boolean;
}
