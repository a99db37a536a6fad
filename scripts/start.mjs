import './requirements.mjs';

const { build } = await import('./build.mjs');
if (!(await build())) {
  console.error(
    '\nOutdial was not started, because it could not be built; the messages above say where.\n',
  );
  process.exit(1);
}
// In this very process, so that Ctrl-C and the exit code are the server's own.
await import('../apps/server/dist/main.js');
