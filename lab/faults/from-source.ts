import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const LOADER = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/**
 * What Node must be told to run a program of the tests that is TypeScript. `packages`: the workspace's packages from source
 * too; else as they were built, like the server that people run.
 */
export const fromSource = ({ packages = false } = {}): readonly string[] => [
  ...(packages ? ['--conditions=source'] : []),
  '--enable-source-maps',
  '--import',
  LOADER,
];
