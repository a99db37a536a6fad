#!/usr/bin/env node
import { processTerminal } from './config/process-terminal.js';
import { run } from './run.js';

const code = await run(process.argv.slice(2), processTerminal());
// What was written may still be on its way into a pipe; sockets and timers of a finished command must not hold the process.
process.stdout.write('', () => process.exit(code));
