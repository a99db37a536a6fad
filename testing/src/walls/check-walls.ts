import { builtinModules } from 'node:module';
import { dirname, join, normalize } from 'node:path/posix';
import { findCycles } from './find-cycles.js';
import { findImports, type Import } from './imports.js';
import { checkServerRooms } from './server-rooms.js';
import type { Package, SourceFile, Workspace } from './workspace.js';

/**
 * Which package may import which (design.md, section 2). Each package names the workspace packages its product code may import; a
 * package that no line covers may import none. Tests may import the testing package besides; e2e is all tests.
 */
const MAY_IMPORT: readonly { folder: RegExp; packages: RegExp }[] = [
  { folder: /^client$/, packages: /^@outdial\/protocol$/ },
  { folder: /^(adapters|integrations)\/[^/]+$/, packages: /^@outdial\/core$/ },
  { folder: /^integrations\/(?!kit$)[^/]+$/, packages: /^@outdial\/kit$/ },
  { folder: /^testing$/, packages: /^@outdial\/(core|kit)$/ },
  { folder: /^apps\/server$/, packages: /^@outdial\/(?!testing$|client$|web$|cli$|e2e$)/ },
  { folder: /^apps\/web$/, packages: /^@outdial\/(client|protocol)$/ },
  { folder: /^apps\/cli$/, packages: /^@outdial\/(client|protocol)$/ },
];

/** They run in a browser, or must run anywhere. */
const WITHOUT_NODE = /^(core|protocol|client|apps\/web)$/;

/**
 * The layers of the web app: what the files of a folder must not import, by specifier or by path from `apps/web/src`.
 * `ui` holds parts that know nothing of the dialer; `domain` is pure, so that words and formats need no page to be tried.
 */
const WEB_LAYERS: readonly { folder: string; mustNotImport: RegExp }[] = [
  { folder: 'ui', mustNotImport: /^(domain|data|components|features|app)\/|^@outdial\// },
  {
    folder: 'domain',
    mustNotImport:
      /^(data|ui|components|features|app)\/|^react|^@mantine\/|^@tabler\/|^@tanstack\//,
  },
  { folder: 'data', mustNotImport: /^(features|app)\// },
  { folder: 'components', mustNotImport: /^(features|app)\// },
  { folder: 'features', mustNotImport: /^app\// },
];
const WEB = 'apps/web/src/';

const TESTING = '@outdial/testing';
const INSTALLED = 'apps/server/src/integrations/installed.ts';
const builtins = new Set(builtinModules);

/** Every breach as a sentence that begins with the file; none when the walls stand. */
export function checkWalls(workspace: Workspace): string[] {
  const breaches = workspace.files.flatMap((file) => {
    const owner = ownerOf(file.path, workspace.packages);
    if (!owner) return [];
    return findImports(file.text)
      .flatMap((found) => checkImport({ file, owner, found, workspace }))
      .map((sentence) => `${file.path} ${sentence}`);
  });
  return [...breaches, ...findCycles(workspace.files), ...checkServerRooms(workspace.files)];
}

interface Subject {
  file: SourceFile;
  owner: Package;
  found: Import;
  workspace: Workspace;
}

function checkImport(subject: Subject): string[] {
  return [...checkWebLayer(subject), ...checkPackages(subject)];
}

function checkWebLayer({ file, owner, found: { specifier } }: Subject): string[] {
  if (!file.path.startsWith(WEB) || isTest(file.path, owner)) return [];
  const folder = file.path.slice(WEB.length).split('/')[0];
  const layer = WEB_LAYERS.find((candidate) => candidate.folder === folder);
  const target = specifier.startsWith('.')
    ? normalize(join(dirname(file.path), specifier)).replace(WEB, '')
    : specifier;
  if (!layer?.mustNotImport.test(target)) return [];
  return [`imports "${specifier}", which ${folder}/ of the web app must not know`];
}

function checkPackages(subject: Subject): string[] {
  const { specifier } = subject.found;
  if (specifier.startsWith('.')) return checkRelative(subject);
  if (specifier.startsWith('node:') || builtins.has(specifier)) return checkBuiltin(subject);
  return [...checkExports(subject), ...checkDirection(subject), ...checkDeclared(subject)];
}

function checkRelative({ file, owner, found }: Subject): string[] {
  const target = normalize(join(dirname(file.path), found.specifier));
  const breaches: string[] = [];
  if (!target.startsWith(`${owner.folder}/`)) {
    breaches.push(`leaves its package by "${found.specifier}"; import the package by name`);
  }
  if (owner.folder !== 'apps/web' && !/\.(js|json)$/.test(found.specifier)) {
    breaches.push(`imports "${found.specifier}", which lacks the ending .js that Node needs`);
  }
  if (!isTest(file.path, owner) && isTestSupport(target, owner)) {
    breaches.push(`is part of the product but imports test code, "${found.specifier}"`);
  }
  const from = featureOf(file.path);
  const to = featureOf(target);
  if (from && to && from !== to) {
    breaches.push(`imports the feature "${to}" from the feature "${from}"; app/ composes features`);
  }
  return breaches;
}

function checkBuiltin({ file, owner, found }: Subject): string[] {
  if (!WITHOUT_NODE.test(owner.folder) || isTest(file.path, owner)) return [];
  return [`imports "${found.specifier}", but ${owner.folder} must not know Node`];
}

function checkExports({ owner, found, workspace }: Subject): string[] {
  const name = packageName(found.specifier);
  const target = workspace.packages.find((candidate) => candidate.name === name);
  if (!target) return [];
  if (target === owner) return [`imports its own package by name, "${found.specifier}"`];
  const subpath = `.${found.specifier.slice(name.length)}`;
  if (target.exports.includes(subpath)) return [];
  return [`reaches past the exports of ${name} with "${found.specifier}"`];
}

function checkDirection({ file, owner, found, workspace }: Subject): string[] {
  const name = packageName(found.specifier);
  if (!workspace.packages.some((candidate) => candidate.name === name)) return [];
  if (/^(e2e|lab)$/.test(owner.folder) || name === owner.name) return [];
  if (name === TESTING && isTest(file.path, owner)) return [];
  const allowed = MAY_IMPORT.some(
    (rule) => rule.folder.test(owner.folder) && rule.packages.test(name),
  );
  if (!allowed) return [`imports "${found.specifier}", which ${owner.folder} must not know`];
  return checkPlugPoint({ file, owner, found, workspace });
}

/** Which integrations are installed is written in one file; all others go by manifests. */
function checkPlugPoint({ file, owner, found, workspace }: Subject): string[] {
  if (owner.folder !== 'apps/server' || isTest(file.path, owner)) return [];
  const target = workspace.packages.find(({ name }) => name === packageName(found.specifier));
  if (!target || !/^integrations\/(?!kit$)/.test(target.folder)) return [];
  if (file.path === INSTALLED) return [];
  return [`imports "${found.specifier}"; only ${INSTALLED} names an integration`];
}

function checkDeclared({ file, owner, found, workspace }: Subject): string[] {
  const name = packageName(found.specifier);
  if (name === owner.name || name.startsWith('virtual:')) return [];
  const declared = [...owner.dependencies];
  // A bundle has no dependencies at run time, so for the web app the difference means nothing.
  if (isTest(file.path, owner) || owner.folder === 'apps/web') {
    declared.push(...owner.devDependencies, ...workspace.sharedDevDependencies);
  }
  if (declared.includes(name)) return [];
  // Types of an undeclared package are served by its @types package.
  if (found.typeOnly && declared.includes(`@types/${name}`)) return [];
  return [`imports "${name}", which ${owner.folder}/package.json does not declare`];
}

function ownerOf(path: string, packages: readonly Package[]): Package | undefined {
  return packages.find((candidate) => path.startsWith(`${candidate.folder}/`));
}

/** Tests, and what serves tests only: `test/` folders, the web app's `src/testing`, configuration of the tools. */
function isTest(path: string, owner: Package): boolean {
  return /\.test\.tsx?$/.test(path) || isTestSupport(path, owner) || /\.config\.ts$/.test(path);
}

function isTestSupport(path: string, owner: Package): boolean {
  const inside = path.slice(owner.folder.length + 1);
  if (/^(e2e|lab)$/.test(owner.folder)) return true;
  return /^(test|mock)\//.test(inside) || /^src\/testing\//.test(inside);
}

function featureOf(path: string): string | undefined {
  return /^apps\/web\/src\/features\/([^/]+)/.exec(path)?.[1];
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
