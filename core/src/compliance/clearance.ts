/** The decision that a number may be called, stored with the call as its proof (P8). */
export interface ComplianceClearance {
  readonly decidedAt: Date;
  /** Which rule let it pass. `window_off`: the queue's provider rings nobody's phone, or the window is off. */
  readonly rule: 'inside_window' | 'window_off';
  /** The zones looked at: the lead's own, else every zone that the prefix may lie in. */
  readonly zones: readonly string[];
  /** The clearance holds before this instant; null: no end. */
  readonly until: Date | null;
}
