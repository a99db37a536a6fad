/** The agent has nothing to call from at Aircall, until somebody mends it there or in the agent's settings. */
export class LineError extends Error {
  constructor(
    readonly because: 'no_user' | 'no_number' | 'bad_number_id',
    message: string,
  ) {
    super(message);
    this.name = 'LineError';
  }
}
