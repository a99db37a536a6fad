import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Packages resolve to their TypeScript source, so no test ever runs against a stale build. The rest are Vite's defaults but for
// `module`: Vitest hands them on to Node, and some packages keep files there that only a bundler can load.
const conditions = ['source', 'node', 'development|production'];
const fromSource = { resolve: { conditions }, ssr: { resolve: { conditions } } };

const postgresForThisRun = './testing/src/services/postgres-for-this-run.ts';
const redisForThisRun = './testing/src/services/redis-for-this-run.ts';
const builtOnce = './lab/server/build-first.ts';
const refuseLeaks = './testing/src/services/refuse-leaks.ts';
const webSetup = './apps/web/src/testing/setup.ts';

/** A test that hangs must end some time; how long a good one takes on a busy machine does not matter. */
const PATIENCE = 90_000;

const neverTests = ['**/node_modules/**', '**/dist/**', '**/.build/**'];

export default defineConfig({
  test: {
    // Two at least (Vitest's own default on two cores is one); eight at most, as an embedded database takes 650 MB.
    maxWorkers: Math.min(8, Math.max(2, availableParallelism() - 1)),
    dangerouslyIgnoreUnhandledErrors: false,
    passWithNoTests: true,
    projects: [
      {
        ...fromSource,
        test: {
          name: 'unit',
          include: ['**/src/**/*.test.ts', 'testing/**/*.test.ts', 'lab/**/*.test.ts'],
          exclude: [...neverTests, 'apps/web/**', '**/*.int.test.ts', '**/*.live.test.ts'],
          setupFiles: [refuseLeaks],
          testTimeout: PATIENCE,
          hookTimeout: PATIENCE,
        },
      },
      {
        ...fromSource,
        test: {
          name: 'int',
          include: ['**/*.int.test.ts'],
          exclude: neverTests,
          globalSetup: [postgresForThisRun, redisForThisRun],
          setupFiles: [refuseLeaks],
          testTimeout: PATIENCE,
          hookTimeout: 2 * PATIENCE,
        },
      },
      {
        resolve: { conditions: ['source', 'module', 'browser', 'development|production'] },
        oxc: { jsx: { runtime: 'automatic' } },
        test: {
          name: 'web',
          include: ['apps/web/src/**/*.test.{ts,tsx}'],
          exclude: neverTests,
          environment: 'happy-dom',
          setupFiles: existsSync(webSetup) ? [webSetup] : [],
          testTimeout: PATIENCE,
        },
      },
      {
        ...fromSource,
        test: {
          name: 'e2e',
          include: ['e2e/**/*.e2e.test.ts'],
          exclude: neverTests,
          globalSetup: [postgresForThisRun, redisForThisRun, builtOnce],
          // Whole servers and browsers, after everything else; they wait for deadlines most of the time, so two files at a time.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 8 * PATIENCE,
          hookTimeout: 4 * PATIENCE,
        },
      },
    ],
  },
});
