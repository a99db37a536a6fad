/** The file is not a list that can be imported. The message says what it is and what to do. */
export class UnreadableFile extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'UnreadableFile';
  }
}
