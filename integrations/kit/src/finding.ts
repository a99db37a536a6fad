/** What one look brought. Never holds a secret: addresses are shown without passwords. */
export interface Finding {
  readonly about: string;
  /** warning: it works, and the operator should know. problem: it does not work, or soon will not. */
  readonly state: 'ok' | 'warning' | 'problem';
  readonly says: string;
  /** What to do about it. */
  readonly fix?: string;
}

/** Findings about one thing. */
export function about(thing: string) {
  const found =
    (state: Finding['state']) =>
    (says: string, fix?: string): Finding => ({
      about: thing,
      state,
      says,
      ...(fix !== undefined && { fix }),
    });
  return { ok: found('ok'), warning: found('warning'), problem: found('problem') };
}

/** The reason of an error, in words, whatever was thrown. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  // Node's own connection errors of several addresses say nothing themselves.
  const [first] = error instanceof AggregateError ? error.errors : [];
  if (first instanceof Error) return wordsOf(first);
  if (error.cause instanceof Error) return wordsOf(error.cause);
  return error.message === '' ? (code ?? error.name) : error.message;
}
