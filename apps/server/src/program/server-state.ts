/** Where the server is between its start and its end. It goes forward only. */
export interface ServerState {
  /** Aborted when the server is asked to end: nothing new begins from then on. */
  readonly stopSignal: AbortSignal;
  /** True after `stop`. */
  isStopping(): boolean;
  /** True from the end of recovery until the server is asked to end. */
  isServing(): boolean;
  /** Recovery is done. */
  recovered(): void;
  /** The server is asked to end. Safe twice. */
  stop(): void;
}

export function createServerState(): ServerState {
  const stopping = new AbortController();
  let isRecovered = false;
  return {
    stopSignal: stopping.signal,
    isStopping: () => stopping.signal.aborted,
    isServing: () => isRecovered && !stopping.signal.aborted,
    recovered() {
      isRecovered = true;
    },
    stop: () => stopping.abort(),
  };
}
