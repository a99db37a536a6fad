import { connect } from 'node:net';

const ANSWERED_WITHIN_MS = 10_000;

/** Sends these bytes as they are, which no HTTP client would, and answers all that came back until the server hung up. */
export function sendRaw(port: number, bytes: string | Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes));
    socket.setEncoding('latin1');
    socket.setTimeout(ANSWERED_WITHIN_MS, () =>
      socket.destroy(new Error('The server neither answered nor hung up.')),
    );
    socket.on('data', (text: string) => {
      answer += text;
    });
    socket.once('close', () => resolve(answer));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      // It may hang up before it has read all of what it refuses.
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') resolve(answer);
      else reject(error);
    });
  });
}

/** The status of the first answer; null: there was none. */
export const statusOf = (answer: string): number | null => {
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1];
  return status === undefined ? null : Number(status);
};
