import { spawn } from 'node:child_process';
import { root } from './requirements.mjs';

/** The command-line programs we use, by file, so that no shell and no PATH is involved. */
export const tools = {
  biome: 'node_modules/@biomejs/biome/bin/biome',
  tsc: 'node_modules/typescript/bin/tsc',
  vite: 'node_modules/vite/bin/vite.js',
  vitest: 'node_modules/vitest/vitest.mjs',
};

/** Runs a program to its end, without standard input; true when it succeeded. */
export async function run(program, args, options = {}) {
  const child = spawn(program, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    ...options,
  });
  // Ctrl-C reaches the child as well. It gets the time to clean up; then we go too.
  let interrupted = false;
  const interrupt = () => {
    interrupted = true;
  };
  process.on('SIGINT', interrupt);
  const succeeded = await new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(`${program} could not be run: ${error.message}`);
      resolve(false);
    });
    child.on('exit', (code) => resolve(code === 0));
  });
  process.off('SIGINT', interrupt);
  if (interrupted) process.exit(130);
  return succeeded;
}

export function runTool(tool, args, options) {
  return run(process.execPath, [`${root}${tool}`, ...args], options);
}
