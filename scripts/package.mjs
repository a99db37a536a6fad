// npm run package [-- --out FOLDER]: the whole product as one file, outdial-VERSION.tgz, which `npx ./outdial-VERSION.tgz` starts.
// Everything is in it, in the versions of the lock file and without anything to run at its installation, but for what differs from machine
// to machine: that alone npm brings.
import './requirements.mjs';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { root } from './requirements.mjs';
import { run } from './run.mjs';

const SCOPE = '@outdial/';
/** What a user runs; the packages of ours that they need come along. */
const PROGRAMS = ['@outdial/server', '@outdial/cli'];
const WEB = '@outdial/web';
/** Has a binary for each kind of machine. */
const FROM_THE_REGISTRY = new Set(['@node-rs/argon2']);
/** Types, maps, documentation and tests in the packages of others. Licences stay. */
const NEVER_RUNS =
  /\.(map|flow|[cm]?ts|tsbuildinfo)$|^(?!licen[cs]e).*\.(md|markdown)$|^(tests?|__tests__|benchmarks?|examples?|\.github)$/i;
/** Beside `dist`, what a package reads while it runs. */
const READ_AT_RUN_TIME = ['migrations'];

const { values } = parseArgs({ options: { out: { type: 'string', default: root } } });
const out = resolve(process.env.INIT_CWD ?? root, values.out);

if (!(await build())) {
  console.error('\nThe package was not made, because Outdial could not be built.\n');
  process.exit(1);
}

const product = readJson(join(root, 'package.json'));
const stage = join(root, '.build/package');
rmSync(stage, { recursive: true, force: true });
for (const file of ['README.md', 'LICENSE', 'CHANGELOG.md', '.env.example', 'docs']) {
  cpSync(join(root, file), join(stage, file), { recursive: true });
}
cpSync(join(root, 'scripts/outdial.mjs'), join(stage, 'bin/outdial.mjs'));
const bundled = packagesOf(PROGRAMS);
for (const each of bundled) stagePackage(each);
stageWeb();
const foreign = stageForeign();

const ours = [...bundled.map(({ manifest }) => manifest.name), WEB];
writeJson(join(stage, 'package.json'), {
  name: product.name,
  version: product.version,
  description: product.description,
  license: product.license,
  type: 'module',
  engines: product.engines,
  bin: { outdial: 'bin/outdial.mjs' },
  dependencies: {
    ...Object.fromEntries(ours.map((name) => [name, product.version])),
    ...foreign.versions,
  },
  bundleDependencies: [...ours, ...foreign.bundled],
});

const packed = `${product.name}-${product.version}.tgz`;
const npm = process.env.npm_execpath;
const [program, ...first] = npm === undefined ? ['npm'] : [process.execPath, npm];
if (!(await run(program, [...first, 'pack', '--silent', '--ignore-scripts'], { cwd: stage }))) {
  process.exit(1);
}
mkdirSync(out, { recursive: true });
// Its name appears when it is whole.
cpSync(join(stage, packed), join(out, `${packed}.part`));
renameSync(join(out, `${packed}.part`), join(out, packed));
console.log(`Made ${join(out, packed)}`);

/** These packages of ours and all that they need, by name. */
function packagesOf(wanted) {
  const needed = new Set(wanted);
  const found = [];
  for (const name of needed) {
    const folder = realpathSync(join(root, 'node_modules', name));
    const manifest = readJson(join(folder, 'package.json'));
    found.push({ folder, manifest });
    for (const other of Object.keys(manifest.dependencies ?? {})) {
      if (other.startsWith(SCOPE)) needed.add(other);
    }
  }
  return found.sort((a, b) => (a.manifest.name < b.manifest.name ? -1 : 1));
}

/** What was built, without tests, sources, declarations, and what an earlier build left. */
function stagePackage({ folder, manifest }) {
  const to = join(stage, 'node_modules', manifest.name);
  const source = (path) => join(folder, 'src', relative(join(folder, 'dist'), path));
  cpSync(join(folder, 'dist'), join(to, 'dist'), {
    recursive: true,
    filter: (path) =>
      path.endsWith('.js')
        ? existsSync(source(path).replace(/\.js$/, '.ts'))
        : existsSync(source(path)) || path === join(folder, 'dist'),
  });
  for (const extra of READ_AT_RUN_TIME) {
    if (existsSync(join(folder, extra))) {
      cpSync(join(folder, extra), join(to, extra), { recursive: true });
    }
  }
  const { name, version, license, type, engines, dependencies = {} } = manifest;
  writeJson(join(to, 'package.json'), {
    name,
    version,
    license,
    type,
    engines,
    exports: Object.fromEntries(
      Object.entries(manifest.exports).flatMap(([path, target]) =>
        target.default === undefined ? [] : [[path, target.default]],
      ),
    ),
    dependencies,
  });
}

/** The server looks for the built web app beside itself. */
function stageWeb() {
  const to = join(stage, 'node_modules', WEB);
  const dist = join(root, 'apps/web/dist');
  cpSync(dist, join(to, 'dist'), {
    recursive: true,
    filter: (path) => !/\.(d\.ts|map|tsbuildinfo)$|\.build-stamp$/.test(path),
  });
  const { version, license } = product;
  writeJson(join(to, 'package.json'), { name: WEB, version, license, type: 'module' });
}

/**
 * Copies the packages of others that ours need, each where Node looks for it, nested ones included. Answers those at the top by version, and
 * which of them are bundled.
 */
function stageForeign() {
  const versions = {};
  const copied = new Set();
  const waiting = bundled.map(({ folder, manifest }) => ({
    folder,
    names: Object.keys(manifest.dependencies ?? {}),
  }));
  for (const { folder, names } of waiting) {
    for (const name of names) {
      if (name.startsWith(SCOPE)) continue;
      const found = placeOf(name, folder);
      const manifest = readJson(join(found, 'package.json'));
      const to = placeInStage(found);
      if (to === join(stage, 'node_modules', name)) versions[name] = manifest.version;
      if (FROM_THE_REGISTRY.has(name) || copied.has(to)) continue;
      copied.add(to);
      const optional = optionalOf(manifest).filter((each) => isForAllMachines(each, found));
      const names = [...neededOf(manifest), ...optional];
      copyForeign(found, to, { ...manifest, dependencies: installedVersions(names, found) });
      waiting.push({ folder: found, names });
    }
  }
  const bundledNames = Object.keys(versions).filter((name) => !FROM_THE_REGISTRY.has(name));
  return {
    versions: Object.fromEntries(Object.entries(versions).sort()),
    bundled: bundledNames.sort(),
  };
}

/** What a package does not work without. */
function neededOf({ dependencies = {}, optionalDependencies = {}, ...manifest }) {
  const peers = Object.keys(manifest.peerDependencies ?? {}).filter(
    (name) => manifest.peerDependenciesMeta?.[name]?.optional !== true,
  );
  const needed = Object.keys(dependencies).filter((name) => !(name in optionalDependencies));
  return [...new Set([...needed, ...peers])];
}

function optionalOf({ optionalDependencies = {} }) {
  return Object.keys(optionalDependencies);
}

/** The overrides of this repository count here alone; with these versions npm has nothing to put right, and nothing to warn of. */
function installedVersions(names, from) {
  return Object.fromEntries(
    names.map((name) => [name, readJson(join(placeOf(name, from), 'package.json')).version]),
  );
}

/** Binaries, and packages that look for binaries, stay out: what needs them works without. */
function isForAllMachines(name, from) {
  const found = placeOf(name, from, { mayBeMissing: true });
  if (found === null) return false;
  const { os, cpu, optionalDependencies } = readJson(join(found, 'package.json'));
  return os === undefined && cpu === undefined && optionalDependencies === undefined;
}

/** Where Node finds a package from a folder. */
function placeOf(name, from, { mayBeMissing = false } = {}) {
  for (let at = from; at.startsWith(root.replace(/\/$/, '')); at = dirname(at)) {
    const place = join(at, 'node_modules', name);
    if (existsSync(join(place, 'package.json'))) return place;
  }
  if (mayBeMissing) return null;
  throw new Error(`${name}, which ${relative(root, from)} needs, is not installed. Run npm ci.`);
}

/** The same place in the package: what is nested in a folder of ours is nested in its copy. */
function placeInStage(place) {
  const owner = bundled.find(({ folder }) => place.startsWith(`${folder}/node_modules/`));
  if (owner === undefined) return join(stage, relative(root, place));
  return join(stage, 'node_modules', owner.manifest.name, relative(owner.folder, place));
}

function copyForeign(from, to, manifest) {
  cpSync(from, to, {
    recursive: true,
    dereference: true,
    filter: (path) =>
      !relative(from, path).split('/').includes('node_modules') &&
      !NEVER_RUNS.test(relative(from, path)),
  });
  const { devDependencies, optionalDependencies, peerDependencies, scripts, ...rest } = manifest;
  writeJson(join(to, 'package.json'), { ...rest, peerDependenciesMeta: undefined });
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

function writeJson(path, value) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
}
