import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface KeptProcess {
  readonly pid: number;
  /** Ends the program in an orderly way and removes its folder. Safe to call twice. */
  stop(): Promise<void>;
  /** Kills the program as a power cut would, and removes its folder. */
  kill(): Promise<void>;
}

export interface Keeping {
  /** Where the program runs; goes with it. */
  readonly folder: string;
  /** A file in that folder that takes what the program writes. */
  readonly log: string;
  readonly command: string;
  readonly arguments: readonly string[];
}

/** Starts a server program that does not outlive this process, however this process ends. */
export async function keepProcess(keeping: Keeping): Promise<KeptProcess> {
  // The shell is a keeper: it holds a pipe from this process, and when that closes, because we asked or because we were
  // killed, it stops the server and removes the folder. `detached` keeps the terminal's Ctrl-C from reaching the server
  // before the tests have let go of it.
  const keeper = spawn(
    'sh',
    ['-c', KEEPER, 'sh', keeping.folder, keeping.log, keeping.command, ...keeping.arguments],
    {
      cwd: keeping.folder,
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
    },
  );
  const exited = once(keeper, 'exit');
  const [firstLine] = await Promise.race([once(keeper.stdout, 'data'), exited]);
  const pid = Number(String(firstLine).trim());
  const stop = async (): Promise<void> => {
    keeper.stdin.end();
    await exited;
  };
  return {
    pid,
    stop,
    async kill() {
      // The keeper has not taken note of its end, so the id is not anybody else's even if the program is gone.
      if (keeper.exitCode === null) process.kill(pid, 'SIGKILL');
      await stop();
    },
  };
}

const KEEPER = `
folder=$1; log=$2; shift 2
"$@" >"$log" 2>&1 </dev/null &
server=$!
echo $server
exec >/dev/null
cat >/dev/null
kill -INT $server 2>/dev/null
wait $server
cd /
rm -rf "$folder"
`;
