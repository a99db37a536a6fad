import './requirements.mjs';

const { buildServer } = await import('./build.mjs');
if (!(await buildServer())) {
  console.error('\nOutdial could not be built; the messages above say where.\n');
  process.exit(2);
}
await import('../apps/server/dist/commands/verify-audit.js');
