import type { Terminal } from '../terminal.js';

/** The terminal of this process. A second Ctrl-C ends it immediately. */
export function processTerminal(): Terminal {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      interrupted.abort();
      process.once(signal, () => process.exit(130));
    });
  }
  // `outdial leads list | head -1` closes the pipe: that is no error of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  return {
    out: process.stdout,
    err: process.stderr,
    in: process.stdin,
    env: process.env,
    interrupted: interrupted.signal,
  };
}
