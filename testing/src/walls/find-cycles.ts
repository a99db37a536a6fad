import { dirname, join, normalize } from 'node:path/posix';
import { findImports } from './imports.js';
import type { SourceFile } from './workspace.js';

/**
 * Files that import each other, also by way of others: one sentence for each circle. Imports of types count too, as files that need each
 * other's types cannot be understood one by one either.
 */
export function findCycles(files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      cycles.push(`${path} is part of a cycle: ${[...trail.slice(start), path].join(' -> ')}`);
      return;
    }
    const file = byPath.get(path);
    if (!file || done.has(path)) return;
    for (const target of importedFiles(file, byPath)) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of byPath.keys()) visit(path, []);
  return cycles;
}

/** The files of the repository that a file imports by a relative path. */
export function importedFiles(
  { path, text }: SourceFile,
  known: { has(path: string): boolean },
): string[] {
  return findImports(text).flatMap(({ specifier }) => {
    if (!specifier.startsWith('.')) return [];
    const target = normalize(join(dirname(path), specifier));
    const withoutEnding = target.replace(/\.js$/, '');
    const candidates = ['.ts', '.tsx', '/index.ts', '/index.tsx'].map((end) => withoutEnding + end);
    return [target, ...candidates].filter((candidate) => known.has(candidate)).slice(0, 1);
  });
}
