import { onTestFailed, onTestFinished } from 'vitest';
import { createOutdialServer, type OutdialServer, type ServerPlace } from './outdial-server.js';

const LINES_WHEN_FAILED = 60;

/** A server for this one test: gone at its end, its last words shown when the test fails. Not started yet. */
export async function serverForThisTest(place: ServerPlace = {}): Promise<OutdialServer> {
  const server = await createOutdialServer(place);
  onTestFinished(() => server.dispose());
  onTestFailed(() => {
    const lines = server.output().split('\n').slice(-LINES_WHEN_FAILED);
    console.error(`The last lines of the server:\n${lines.join('\n')}`);
  });
  return server;
}

export async function startedServer(place: ServerPlace = {}): Promise<OutdialServer> {
  const server = await serverForThisTest(place);
  await server.start();
  return server;
}
