import { readFileSync, readlinkSync } from 'node:fs';
import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lock } from 'proper-lockfile';

/** Two processes on one embedded database would destroy it, so the second one is refused. */
export class DataDirInUse extends Error {
  readonly code = 'DATA_DIR_IN_USE';

  constructor(
    readonly dataDir: string,
    owner: Owner,
  ) {
    super(
      `The data directory ${dataDir} is in use by another Outdial process (pid ${owner.pid} on ${owner.host}). ` +
        'The embedded database can be opened by one process at a time: stop that process, point DATA_DIR at another ' +
        'directory, or set DATABASE_URL to a PostgreSQL server, which several processes can share.',
    );
    this.name = 'DataDirInUse';
  }
}

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** Machine start and process namespace: only where these are ours does a pid mean anything to us. */
  readonly place: string;
  /** A pid is given out again; with the time its process started it is unique. '' where the system does not tell. */
  readonly started: string;
}

const HEARTBEAT_INTERVAL_MS = 3_000;
const STALE_AFTER_MS = 15_000;
const ABANDONED_AFTER_MS = 10 * 60_000;
const heldHere = new Set<string>();

/**
 * Takes the directory for this process, and resolves to what gives it back.
 *
 * The owner writes its pid into `outdial.lock`. After a `kill -9` the next start sees that the owner is gone and takes over at
 * once. Where a pid cannot be looked up (two containers sharing a volume) the owner's heartbeat decides: the file's
 * modification time moves every 3 s, and 15 s without a beat (the embedded database may keep the event loop busy for
 * seconds) mean that it is gone; the start waits that long. `proper-lockfile` alone would wait after every `kill -9`; here it
 * only keeps two starts apart while they look and write.
 */
export async function lockDataDir(dataDir: string): Promise<() => Promise<void>> {
  const file = join(dataDir, 'outdial.lock');
  const me: Owner = {
    pid: process.pid,
    host: hostname(),
    place: place(),
    started: started(process.pid),
  };
  const leave = await lock(dataDir, {
    lockfilePath: join(dataDir, 'outdial.lock.taking'),
    stale: STALE_AFTER_MS + 5_000,
    retries: { retries: 200, factor: 1, minTimeout: 100 },
  });
  try {
    const owner = await readOwner(file);
    if (heldHere.has(file)) throw new DataDirInUse(dataDir, me);
    if (owner && (await isAlive(owner, me, file))) throw new DataDirInUse(dataDir, owner);
    await writeFile(`${file}.new`, JSON.stringify(me));
    await rename(`${file}.new`, file);
    heldHere.add(file);
  } finally {
    await leave();
  }
  const beat = setInterval(() => {
    const now = new Date();
    // A beat that fails is made up for by the next; what matters is the silence of a dead owner.
    utimes(file, now, now).catch(() => undefined);
  }, HEARTBEAT_INTERVAL_MS);
  beat.unref();
  return async () => {
    clearInterval(beat);
    heldHere.delete(file);
    await rm(file, { force: true });
  };
}

/** Who has the directory at this moment, if anybody; takes nothing. Where only a heartbeat can tell, it waits for one. */
export async function ownerOfDataDir(
  dataDir: string,
): Promise<{ readonly pid: number; readonly host: string } | null> {
  const file = join(dataDir, 'outdial.lock');
  const me: Owner = { pid: process.pid, host: hostname(), place: place(), started: '' };
  const owner = await readOwner(file);
  if (owner === null) return null;
  return heldHere.has(file) || (await isAlive(owner, me, file)) ? owner : null;
}

async function isAlive(owner: Owner, me: Owner, file: string): Promise<boolean> {
  if (owner.place === me.place) {
    // Our own pid in a file that we did not write: it was handed out again.
    if (owner.pid === me.pid || !processExists(owner.pid) || isZombie(owner.pid)) return false;
    return started(owner.pid) === owner.started;
  }
  const last = (await stat(file)).mtimeMs;
  // Longer than two machines' clocks disagree: no need to watch.
  if (Date.now() - last > ABANDONED_AFTER_MS) return false;
  for (let waited = 0; waited < STALE_AFTER_MS; waited += 500) {
    await sleep(500);
    if ((await stat(file)).mtimeMs !== last) return true;
  }
  return false;
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: the process exists and belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function readOwner(file: string): Promise<Owner | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Owner;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError)
      return null;
    throw error;
  }
}

function place(): string {
  return [
    hostname(),
    orNothing(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    orNothing(() => readlinkSync('/proc/self/ns/pid')),
  ].join(' ');
}

/** Field 22 of /proc/<pid>/stat, in ticks since the machine started. */
const started = (pid: number): string => statFields(pid)[19] ?? '';

/** Ended, with all its files closed, and only its parent has not taken note: seconds after a `kill -9`, or for ever. */
const isZombie = (pid: number): boolean => statFields(pid)[0] === 'Z';

/** From field 3 on: the name before it may hold spaces and brackets. */
const statFields = (pid: number): readonly string[] => {
  const line = orNothing(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return line.slice(line.lastIndexOf(')') + 2).split(' ');
};

function orNothing(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
