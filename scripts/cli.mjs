import './requirements.mjs';
import { root } from './requirements.mjs';
import { runTool, tools } from './run.mjs';

if (!(await runTool(tools.tsc, ['--build', 'apps/cli']))) {
  console.error('\nThe command line could not be built; the messages above say where.\n');
  process.exit(1);
}
// npm runs scripts in the project's folder; paths on the command line are meant from where it was called.
process.chdir(process.env.INIT_CWD ?? root);
await import('../apps/cli/dist/main.js');
