import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = new URL('../../../', import.meta.url);
const page = readFileSync(new URL('docs/security.md', ROOT), 'utf8');

/** Where the page says that a path without a folder is. */
const PLACES = [
  '',
  'apps/server/src/',
  'apps/server/test/',
  'apps/server/src/features/',
  'e2e/test/',
  'testing/src/deployment/',
  'protocol/src/',
  'integrations/aircall/src/',
];
const named = [...page.matchAll(/`([\w./-]+\.(?:test\.ts|ts|tsx|md|yaml|json))`/g)].map(
  ([, path = '']) => path,
);
const folders = [
  ...page.matchAll(/`((?:apps|core|protocol|adapters|client|e2e|testing|docs|ops)\/[\w./-]*)`/g),
].map(([, path = '']) => path);

describe('docs/security.md', () => {
  it('docs/security.md names only files and folders that are there', () => {
    const all = new Set([...named, ...folders]);
    expect(all.size).toBeGreaterThan(40);
    // Served by the server, not kept as a file.
    all.delete('/api/openapi.json');
    const missing = [...all].filter(
      (path) => !PLACES.some((place) => existsSync(fileURLToPath(new URL(place + path, ROOT)))),
    );
    expect(missing).toEqual([]);
  });

  it('docs/security.md says of each requirement once what is true of it', () => {
    const chapters = page.slice(page.indexOf('## V1 '));
    const ids = [...chapters.matchAll(/^\| ([\d.x, –]+?)(?: \(level 3\))? \|/gm)].flatMap(
      ([, cell = '']) => cell.split(', ').filter((id) => /^\d/.test(id)),
    );
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
    expect(ids).toContain('11.4.4');
  });
});
