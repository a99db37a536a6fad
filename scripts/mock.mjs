// `npm run mock -- <integration> [flags]`: the mock server of an integration, for development and tests by hand.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const programOf = (id) => `${root}integrations/${id}/mock/main.ts`;
const ids = readdirSync(`${root}integrations`).filter((id) => existsSync(programOf(id)));
const [id, ...flags] = process.argv.slice(2);
if (id === undefined || !ids.includes(id)) {
  console.error(
    `${id === undefined ? 'Name an integration.' : `The integration ${id} has no mock server.`} With a mock server: ${ids.join(', ')}.\n` +
      `For example: npm run mock -- ${ids[0] ?? '<integration>'} --help`,
  );
  process.exit(2);
}
const child = spawn(
  process.execPath,
  ['--conditions=source', '--import', 'tsx', programOf(id), ...flags],
  { cwd: root, stdio: 'inherit' },
);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 0)));
