import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { repositoryRoot } from './workspace.js';

const refused = [
  'Date.now()',
  'new Date()',
  'Date()',
  'Math.random()',
  '[1].map(Math.random)',
  'globalThis.Date.now()',
  'DateTime.now()',
  'DateTime.local()',
  'DateTime.utc()',
];
const allowed = [
  'new Date(0)',
  'Date.UTC(2026, 0)',
  'DateTime.utc(2026)',
  'clock.now()',
  'Math.max(1, 2)',
];

test('lint refuses clocks and chance in core, and leaves them to everybody else', () => {
  const source = [...refused, ...allowed]
    .map((expression, index) => `export const x${index} = ${expression};\n`)
    .join('');
  const complaints = lint({ 'core/src/a.ts': source, 'apps/server/src/a.ts': source });
  expect(complaints).toEqual(refused.map((_, index) => `core/src/a.ts:${index + 1}`));
});

/** Runs the repository's plugins, with the repository's idea of where they apply, over made-up files. */
function lint(files: Record<string, string>): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'outdial-lint-'));
  try {
    const { plugins } = JSON.parse(readFileSync(join(repositoryRoot, 'biome.json'), 'utf8')) as {
      plugins: { path: string; includes: string[] }[];
    };
    const config = {
      plugins: plugins.map((plugin) => ({ ...plugin, path: resolve(repositoryRoot, plugin.path) })),
      linter: { rules: { preset: 'none' } },
    };
    for (const [path, text] of Object.entries({ ...files, 'biome.json': JSON.stringify(config) })) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const biome = join(repositoryRoot, 'node_modules/@biomejs/biome/bin/biome');
    const { stdout } = spawnSync(
      process.execPath,
      [biome, 'lint', '--reporter=github', '--max-diagnostics=none', '.'],
      { cwd: folder, encoding: 'utf8' },
    );
    return [
      ...stdout.matchAll(/^::error .*?file=[^,]*?outdial-lint-[^/]+\/([^,]+),line=(\d+)/gm),
    ].map(([, file, line]) => `${file}:${line}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
