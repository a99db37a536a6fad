/**
 * What the processes that carry one network tell each other. Each process tells the events of the calls that it placed or
 * was asked about; the call's id says how it goes on, so all that must be shared is what an id cannot say: that the call
 * exists, where its id was lost, and that it was hung up.
 *
 * None of these ever throws. Where the others cannot be reached, the answers are those of a process that is alone: a call
 * that another one ended may be told to its planned end, as a provider may tell what happened a moment before a hang-up.
 */
export interface SharedNetwork {
  /** Makes a call known to all, for so long at least. Returns before it is. */
  placed(callId: string, providerCallId: string, keepMs: number): void;
  /** The call was ended at that time; kept for so long at least. The first hang-up counts. */
  hungUp(callId: string, at: Date, keepMs: number): Promise<void>;
  /** What is known of a call by all. */
  recall(callId: string): Promise<SharedCall>;
  /** Tells of the hang-ups of all processes, as far as they can be heard at the time; the answer ends it. */
  onHangUp(listener: (callId: string, at: Date) => void): () => void;
}

export interface SharedCall {
  readonly providerCallId: string | null;
  readonly hungUpAt: Date | null;
}

export const NOTHING_SHARED: SharedCall = { providerCallId: null, hungUpAt: null };
