import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Package {
  readonly name: string;
  /** From the root of the repository, with slashes: `adapters/postgres`. */
  readonly folder: string;
  /** The subpaths that others may import: `.`, `./services`. */
  readonly exports: readonly string[];
  readonly dependencies: readonly string[];
  readonly devDependencies: readonly string[];
}

export interface SourceFile {
  /** From the root of the repository, with slashes. */
  readonly path: string;
  readonly text: string;
}

export interface Workspace {
  readonly packages: readonly Package[];
  readonly files: readonly SourceFile[];
  /** What the root package.json gives every test: vitest, fast-check. */
  readonly sharedDevDependencies: readonly string[];
}

interface Manifest {
  name: string;
  exports?: Record<string, unknown>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  workspaces?: string[];
}

const NOT_SOURCE = new Set(['node_modules', 'dist', '.build', 'coverage', 'fixtures', 'data']);

export const repositoryRoot = fileURLToPath(new URL('../../../', import.meta.url));

export function readWorkspace(root: string = repositoryRoot): Workspace {
  const own = readManifest(root);
  const folders = (own.workspaces ?? []).flatMap((pattern) =>
    pattern.endsWith('/*')
      ? readdirSync(join(root, pattern.slice(0, -2)), { withFileTypes: true })
          .filter((entry) => entry.isDirectory())
          .map((entry) => `${pattern.slice(0, -2)}/${entry.name}`)
          // A folder that moved may leave its build behind on a machine.
          .filter((folder) => existsSync(join(root, folder, 'package.json')))
      : [pattern],
  );
  return {
    packages: folders.map((folder) => {
      const manifest = readManifest(join(root, folder));
      return {
        name: manifest.name,
        folder,
        exports: Object.keys(manifest.exports ?? {}),
        dependencies: Object.keys(manifest.dependencies ?? {}),
        devDependencies: Object.keys(manifest.devDependencies ?? {}),
      };
    }),
    files: folders.flatMap((folder) => readSources(root, join(root, folder))),
    sharedDevDependencies: Object.keys(own.devDependencies ?? {}),
  };
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

function readSources(root: string, folder: string): SourceFile[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return NOT_SOURCE.has(entry.name) ? [] : readSources(root, path);
    if (!/\.(ts|tsx|mts|js|mjs)$/.test(entry.name)) return [];
    const fromRoot = relative(root, path).replaceAll('\\', '/');
    return [{ path: fromRoot, text: readFileSync(path, 'utf8') }];
  });
}
