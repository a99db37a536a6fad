// Imported first by every script: says in a sentence what is missing, before anything else can fail in a riddle.
// Written plainly, and with nothing but built-in imports, so that an old Node gets as far as the sentence.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

function stop(sentence) {
  console.error(`\n${sentence}\n`);
  process.exit(1);
}

const wanted = JSON.parse(readFileSync(`${root}package.json`, 'utf8')).engines.node.replace(
  '>=',
  '',
);
const [major, minor] = process.versions.node.split('.').map(Number);
const [wantedMajor, wantedMinor] = wanted.split('.').map(Number);
if (major < wantedMajor || (major === wantedMajor && minor < wantedMinor)) {
  stop(
    `Outdial needs Node.js ${wanted} or later; this is ${process.versions.node}. ` +
      'Get a current one from https://nodejs.org, then run the command again.',
  );
}
if (!existsSync(`${root}node_modules/.package-lock.json`)) {
  stop('The packages that Outdial is built from are not installed yet. Run this first: npm ci');
}
