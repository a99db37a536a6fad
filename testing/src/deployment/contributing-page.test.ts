import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const file = (path: string): string =>
  readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

/** The files that a diff shows, with the lines that it adds. */
function additionsOf(diff: string): { path: string; added: string[] }[] {
  const files: { path: string; added: string[] }[] = [];
  for (const line of diff.split('\n')) {
    if (line.startsWith('+++ b/')) files.push({ path: line.slice('+++ b/'.length), added: [] });
    else if (line.startsWith('+')) files.at(-1)?.added.push(line.slice(1));
  }
  return files;
}

describe('CONTRIBUTING.md', () => {
  it('CONTRIBUTING.md shows diffs whose added lines stand in the files that they name', () => {
    const diffs = [...file('CONTRIBUTING.md').matchAll(/```diff\n(.*?)```/gs)].flatMap(
      ([, diff = '']) => additionsOf(diff),
    );
    expect(diffs.length).toBeGreaterThan(1);
    for (const { path, added } of diffs) {
      expect(added.length, path).toBeGreaterThan(0);
      expect(file(path), path).toContain(added.join('\n'));
    }
  });
});
