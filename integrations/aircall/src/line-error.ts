/** The agent has no line to call from at Aircall. An admin must fix it there or in the agent's settings. */
export class LineError extends Error {
  constructor(
    readonly because: 'no_user' | 'no_number' | 'bad_number_id',
    message: string,
  ) {
    super(message);
    this.name = 'LineError';
  }
}
