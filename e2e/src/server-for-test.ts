import {
  createOutdialServer,
  type OutdialServer,
  type ServerPlace,
} from '@outdial/lab/server/outdial-server';
import { onTestFailed, onTestFinished } from 'vitest';

const LINES_WHEN_FAILED = 60;

/** A server for one test, not started yet. It is removed when the test ends; a failed test prints its last lines. */
export async function serverForTest(place: ServerPlace = {}): Promise<OutdialServer> {
  const server = await createOutdialServer(place);
  onTestFinished(() => server.dispose());
  onTestFailed(() => {
    const lines = server.output().split('\n').slice(-LINES_WHEN_FAILED);
    console.error(`The last lines of the server:\n${lines.join('\n')}`);
  });
  return server;
}

export async function startedServer(place: ServerPlace = {}): Promise<OutdialServer> {
  const server = await serverForTest(place);
  await server.start();
  return server;
}
