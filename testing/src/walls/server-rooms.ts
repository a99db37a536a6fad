import { importedFiles } from './find-cycles.js';
import type { SourceFile } from './workspace.js';

const SERVER = 'apps/server/src/';

/**
 * The rooms of the server, from the ground up: a file imports from its own room and from those in earlier lines. Rooms in one line
 * do not know each other.
 */
const FLOORS: readonly (readonly string[])[] = [
  // Clocks, ids, refusals, tickers: what knows nothing of a dialer.
  ['platform'],
  // Which integrations are installed.
  ['integrations'],
  ['config'],
  // What is measured, and which user asks.
  ['telemetry', 'access'],
  ['audit'],
  ['secrets'],
  // Many nodes: their clock, their shared jobs and limits.
  ['cluster'],
  // The connected phone systems, which follow their rows.
  ['connections'],
  // What joins an operation with its handler; times and pages on the wire.
  ['operations'],
  // What the product does, a folder each: routes, shapes on the wire, services.
  ['features'],
  // What runs by itself.
  ['jobs'],
  // What carriers deliver to.
  ['webhooks'],
  // The framework around the features' operations.
  ['http'],
  ['live'],
  // What puts everything together, or runs without the server.
  ['program', 'doctor'],
  ['commands'],
];

/** `from to`, files from `apps/server/src`. */
const KNOWN_EXCEPTIONS: readonly string[] = [];

/** Imports of the server that go up, or into a room that has no floor. Tests may look anywhere. */
export function checkServerRooms(
  files: readonly SourceFile[],
  exceptions: readonly string[] = KNOWN_EXCEPTIONS,
): string[] {
  const inServer = files.filter(({ path }) => path.startsWith(SERVER) && !/\.test\.ts$/.test(path));
  const known = new Set(inServer.map(({ path }) => path));
  const used = new Set<string>();
  const breaches = inServer.flatMap((file) =>
    importedFiles(file, known).flatMap((target) => {
      const from = file.path.slice(SERVER.length);
      const to = target.slice(SERVER.length);
      if (mayImport(from, to)) return [];
      const edge = `${from} ${to}`;
      used.add(edge);
      if (exceptions.includes(edge)) return [];
      return [`${file.path} imports "${to}", a room above its own; see FLOORS in server-rooms.ts`];
    }),
  );
  const over = exceptions.filter(
    (edge) => !used.has(edge) && known.has(SERVER + edge.split(' ')[0]),
  );
  return [...breaches, ...over.map((edge) => `the exception "${edge}" is needed no longer`)];
}

function mayImport(from: string, to: string): boolean {
  // main.ts and index.ts stand above all rooms.
  if (!from.includes('/')) return true;
  const [own, other] = [roomOf(from), roomOf(to)];
  return own === other || floorOf(other) < floorOf(own);
}

const roomOf = (path: string): string => path.split('/')[0] ?? '';

/** A room that no line names is too high for everyone, and too low for everything. */
function floorOf(room: string): number {
  const floor = FLOORS.findIndex((rooms) => rooms.includes(room));
  return floor < 0 ? Number.NaN : floor;
}
