import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { describe, expect, test } from 'vitest';
import { checkWalls } from './check-walls.js';
import { findImports } from './imports.js';
import { checkServerRooms } from './server-rooms.js';
import { type Package, readWorkspace, type Workspace } from './workspace.js';

test('every import in the repository respects the walls', () => {
  expect(checkWalls(readWorkspace())).toEqual([]);
});

test('the repository is really read', () => {
  const workspace = readWorkspace();
  expect(workspace.packages.map((found) => found.folder)).toEqual(
    expect.arrayContaining(['core', 'protocol', 'adapters/postgres', 'apps/server', 'testing']),
  );
  expect(workspace.files.map((file) => file.path)).toContain('testing/src/walls/walls.test.ts');
});

describe('a breach is found', () => {
  test.each([
    // core and protocol import no other package, not even Node.
    ['core/src/a.ts', '@outdial/protocol', 'must not know'],
    ['core/src/a.ts', '@outdial/postgres', 'must not know'],
    ['core/src/a.ts', '@outdial/testing', 'must not know'],
    ['core/src/a.ts', 'node:fs', 'must not know Node'],
    ['core/src/a.ts', 'fs', 'must not know Node'],
    ['protocol/src/a.ts', '@outdial/core', 'must not know'],
    ['protocol/src/a.ts', 'node:crypto', 'must not know Node'],
    // client knows the protocol only.
    ['client/src/a.ts', '@outdial/core', 'must not know'],
    ['client/src/a.ts', 'node:http', 'must not know Node'],
    // Adapters know core only, and testing in their tests.
    ['adapters/postgres/src/a.ts', '@outdial/mock-crm', 'must not know'],
    ['adapters/postgres/src/a.ts', '@outdial/testing', 'must not know'],
    ['adapters/postgres/test/a.int.test.ts', '@outdial/mock-crm', 'must not know'],
    ['adapters/postgres/src/a.ts', '@outdial/protocol', 'must not know'],
    // The web app goes through the client; the server never sees test code.
    ['apps/web/src/app/a.tsx', '@outdial/core', 'must not know'],
    ['apps/web/src/app/a.tsx', '@outdial/server', 'must not know'],
    ['apps/server/src/a.ts', '@outdial/mock-crm', 'only apps/server/src/integrations/installed.ts'],
    ['apps/server/src/a.ts', '@outdial/testing', 'must not know'],
    ['apps/server/src/a.ts', '@outdial/client', 'must not know'],
    ['testing/src/a.ts', '@outdial/postgres', 'must not know'],
    // Features do not know each other.
    ['apps/web/src/features/leads/list.tsx', '../dialer/session', 'from the feature "leads"'],
    ['apps/web/src/features/leads/api/get.ts', '../../dialer/api/x', 'from the feature "leads"'],
    // The web app's layers: parts know nothing of the dialer, words and formats need no page.
    ['apps/web/src/ui/a.tsx', '../domain/words.js', 'must not know'],
    ['apps/web/src/ui/a.tsx', '../features/leads/list.js', 'must not know'],
    ['apps/web/src/ui/a.tsx', '@outdial/protocol', 'must not know'],
    ['apps/web/src/domain/a.ts', '../data/keys.js', 'must not know'],
    ['apps/web/src/domain/a.ts', '../ui/table.js', 'must not know'],
    ['apps/web/src/components/a.tsx', '../features/leads/list.js', 'must not know'],
    ['apps/web/src/features/leads/a.tsx', '../../app/shell.js', 'must not know'],
    // Nothing reaches past a package's exports.
    ['apps/server/src/a.ts', '@outdial/core/src/lead/lead.js', 'reaches past the exports'],
    ['apps/server/src/a.ts', '@outdial/core/dist/index.js', 'reaches past the exports'],
    ['apps/server/src/a.ts', '../../../core/src/index.js', 'leaves its package'],
    ['adapters/postgres/src/a.ts', '@outdial/postgres', 'its own package by name'],
    // Node needs the ending.
    ['core/src/a.ts', './lead', 'lacks the ending .js'],
    ['core/src/a.ts', './lead.ts', 'lacks the ending .js'],
    ['adapters/postgres/test/a.int.test.ts', '../src/index', 'lacks the ending .js'],
    // Product code does not stand on test code.
    ['integrations/aircall/src/a.ts', '../mock/app.js', 'imports test code'],
    // What is imported is declared where it is imported.
    ['integrations/mock-crm/src/a.ts', '@outdial/core', 'does not declare'],
    ['core/src/a.ts', 'lodash', 'does not declare'],
    ['core/src/a.ts', 'vitest', 'does not declare'],
  ])('%s imports %s', (path, specifier, complaint) => {
    const breaches = checkWalls(workspaceWith({ [path]: importing(specifier) }));
    expect(breaches).toEqual([expect.stringContaining(complaint)]);
    expect(breaches[0]).toContain(path);
  });

  test.each([
    ['features/leads/routes.ts', '../../http/create-http.js'],
    ['features/leads/routes.ts', '../../program/run.js'],
    ['platform/clock.ts', '../config/read-config.js'],
    ['telemetry/log.ts', '../access/principal.js'],
    ['http/create-http.ts', '../live/readers.js'],
    ['attic/a.ts', '../platform/clock.js'],
    ['program/run.ts', '../attic/a.js'],
  ])('the room of the server in %s imports %s', (path, specifier) => {
    const target = join(dirname(`apps/server/src/${path}`), specifier).replace('.js', '.ts');
    const breaches = checkWalls(
      workspaceWith({ [`apps/server/src/${path}`]: importing(specifier), [target]: '' }),
    );
    expect(breaches).toEqual([expect.stringContaining('a room above its own')]);
  });

  test('an exception that nothing needs any more', () => {
    const files = [{ path: 'apps/server/src/features/a.ts', text: '' }];
    expect(checkServerRooms(files, ['features/a.ts http/b.ts'])).toEqual([
      expect.stringContaining('is needed no longer'),
    ]);
  });

  test.each(['adapters/postgres/src', 'apps/server/src/http', 'apps/web/src/ui'])(
    'two files of %s that import each other',
    (folder) => {
      const breaches = checkWalls(
        workspaceWith({
          [`${folder}/a.ts`]: importing('./b.js'),
          [`${folder}/b.ts`]: importing('./a.js'),
        }),
      );
      expect(breaches).toEqual([expect.stringContaining('is part of a cycle')]);
    },
  );

  test('two files of core that import each other', () => {
    const breaches = checkWalls(
      workspaceWith({
        'core/src/call/call.ts': importing('./facts.js'),
        'core/src/call/facts.ts': importing('../lead/lead.js'),
        'core/src/lead/lead.ts': importing('../call/call.js'),
      }),
    );
    expect(breaches).toEqual([expect.stringContaining('is part of a cycle')]);
  });
});

describe('what the walls allow passes', () => {
  test.each([
    ['core/src/a.ts', './lead/lead.js'],
    ['core/src/a.ts', 'luxon'],
    ['core/src/a.test.ts', 'vitest'],
    ['core/src/a.test.ts', '@outdial/testing'],
    ['client/src/a.ts', '@outdial/protocol'],
    ['adapters/postgres/src/a.ts', '@outdial/core'],
    ['adapters/postgres/src/a.ts', 'node:fs'],
    ['adapters/postgres/test/a.int.test.ts', '@outdial/testing/services'],
    ['apps/server/src/a.ts', '@outdial/postgres'],
    ['apps/server/src/a.ts', '@outdial/protocol'],
    ['apps/web/src/features/leads/list.tsx', './api/get-leads'],
    ['apps/web/src/features/leads/list.tsx', '../../ui/table'],
    ['apps/web/src/app/routes.tsx', '../features/leads/list'],
    ['integrations/aircall/mock/a.ts', '../src/map.js'],
    ['apps/server/src/http/create-http.ts', '../features/leads/routes.js'],
    ['apps/server/src/features/leads/routes.ts', '../../platform/refusal.js'],
    ['apps/server/src/features/leads/routes.ts', '../calls/to-wire.js'],
    ['apps/server/src/main.ts', './program/run.js'],
  ])('%s imports %s', (path, specifier) => {
    expect(checkWalls(workspaceWith({ [path]: importing(specifier) }))).toEqual([]);
  });
});

test('imports are found in every shape, and not in comments', () => {
  const source = readFileSync(new URL('fixtures/every-shape.txt', import.meta.url), 'utf8');
  const found = findImports(source);
  expect(found.map((each) => each.specifier).sort()).toEqual(
    'one two three four five six seven eight nine ten ./eleven.json twelve'.split(' ').sort(),
  );
  expect(found.filter((each) => each.typeOnly).map((each) => each.specifier)).toEqual([
    'three',
    'eight',
  ]);
});

function importing(specifier: string): string {
  return `import { x } from '${specifier}';`;
}

function workspaceWith(texts: Record<string, string>): Workspace {
  return {
    packages: [
      aPackage('core', 'core', ['luxon'], ['@outdial/testing']),
      aPackage('protocol', 'protocol', ['zod']),
      aPackage('client', 'client', ['@outdial/protocol']),
      aPackage('testing', 'testing', ['@outdial/core'], [], ['.', './services']),
      aPackage('postgres', 'adapters/postgres', ['@outdial/core'], ['@outdial/testing']),
      aPackage('mock-crm', 'integrations/mock-crm'),
      aPackage('aircall', 'integrations/aircall', ['@outdial/core']),
      aPackage('server', 'apps/server', [
        '@outdial/core',
        '@outdial/postgres',
        '@outdial/protocol',
      ]),
      aPackage('web', 'apps/web', ['@outdial/client', '@outdial/protocol']),
    ].map((given) => declaringWhatIsForbidden(given)),
    files: Object.entries(texts).map(([path, text]) => ({ path, text })),
    sharedDevDependencies: ['vitest'],
  };
}

function aPackage(
  shortName: string,
  folder: string,
  dependencies: string[] = [],
  devDependencies: string[] = [],
  exports: string[] = ['.'],
): Package {
  return { name: `@outdial/${shortName}`, folder, exports, dependencies, devDependencies };
}

/** So that each case shows one breach: a forbidden import is declared, unless the case is about declaring. */
function declaringWhatIsForbidden(given: Package): Package {
  if (given.folder === 'integrations/mock-crm') return given;
  const all = ['core', 'protocol', 'client', 'postgres', 'mock-crm', 'server', 'testing'];
  return {
    ...given,
    dependencies: [...given.dependencies, ...all.map((name) => `@outdial/${name}`)],
  };
}
