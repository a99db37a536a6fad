import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './requirements.mjs';
import { tools } from './run.mjs';

// The server straight from its TypeScript source, started anew when a file changes; and Vite, which serves the web app
// with hot reload and passes /api, /live and /webhooks on to the server (apps/web/vite.config.ts).
const processes = [
  start(
    [
      '--watch',
      '--watch-preserve-output',
      '--conditions=source',
      '--import',
      'tsx',
      'apps/server/src/main.ts',
    ],
    root,
  ),
  start([join(root, tools.vite)], join(root, 'apps/web')),
];

function start(args, cwd) {
  // Without standard input: Vite would otherwise fight the terminal for its keyboard shortcuts.
  return spawn(process.execPath, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
}

let stopping = false;
function stopAll() {
  if (stopping) return;
  stopping = true;
  for (const child of processes) child.kill('SIGTERM');
}

// When either ends, the other has no reason to go on. (The watcher outlives a server that crashes, and starts it again.)
for (const child of processes) {
  child.on('exit', (code) => {
    if (!stopping) process.exitCode = code ?? 1;
    stopAll();
  });
}
process.on('SIGINT', stopAll);
process.on('SIGTERM', stopAll);
