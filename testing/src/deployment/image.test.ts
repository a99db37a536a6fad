import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DockerfileParser, type From, type Instruction } from 'dockerfile-ast';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const read = (path: string): string => readFileSync(`${ROOT}${path}`, 'utf8');

const dockerfile = DockerfileParser.parse(read('Dockerfile'));
/** The instructions of each stage, by its name. */
const stages = new Map<string, Instruction[]>();
for (const instruction of dockerfile.getInstructions()) {
  if (instruction.getKeyword() === 'FROM') {
    stages.set((instruction as From).getBuildStage() ?? '', []);
  } else [...stages.values()].at(-1)?.push(instruction);
}
const last = [...stages.keys()].at(-1) ?? '';
const textsOf = (stage: string, keyword: string): string[] =>
  (stages.get(stage) ?? [])
    .filter((instruction) => instruction.getKeyword() === keyword)
    .map((instruction) => instruction.getTextContent().slice(keyword.length).trim());

describe('the image', () => {
  it('the image knows the manifest of every package, without which npm would not install what it needs', () => {
    const { workspaces } = JSON.parse(read('package.json')) as { workspaces: string[] };
    const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, object> };
    const folders = Object.keys(lock.packages).filter(
      (path) =>
        path !== '' &&
        !path.includes('node_modules') &&
        workspaces.some((pattern) => path === pattern || path.startsWith(pattern.replace('*', ''))),
    );
    expect(folders.length).toBeGreaterThan(10);
    expect(textsOf('manifests', 'COPY').slice(1).sort()).toEqual(
      folders.map((folder) => `${folder}/package.json ${folder}/`).sort(),
    );
  });

  it('the image leaves out sources, tests and tools', () => {
    expect([...stages.keys()]).toEqual(['manifests', 'build', 'production-packages', 'runtime']);
    // Tests are not even handed to Docker, so building them would fail.
    expect(textsOf('build', 'RUN')).toContain('node scripts/build.mjs --runtime');
    const copied = textsOf('runtime', 'COPY');
    expect(copied).toEqual(['--from=production-packages /app ./', '--from=build /runtime ./']);
  });

  it('the image brings along what each package of the server was built into', () => {
    const [copied = ''] = textsOf('build', 'RUN').filter((text) => text.includes('/runtime'));
    const patterns = copied.split(/\s+/).filter((word) => word.endsWith('/dist'));
    const folderOf = new Map(
      textsOf('manifests', 'COPY')
        .slice(1)
        .map((text) => text.split('/package.json')[0] ?? '')
        .map((folder): [string, string] => [
          (JSON.parse(read(`${folder}/package.json`)) as { name: string }).name,
          folder,
        ]),
    );
    const needed = new Set(['@outdial/server']);
    for (const name of needed) {
      const { dependencies = {} } = JSON.parse(read(`${folderOf.get(name)}/package.json`)) as {
        dependencies?: Record<string, string>;
      };
      for (const each of Object.keys(dependencies)) if (folderOf.has(each)) needed.add(each);
    }
    expect(needed.size).toBeGreaterThan(8);
    const missing = [...needed]
      .map((name) => `${folderOf.get(name)}/dist`)
      .filter(
        (dist) =>
          !patterns.some((pattern) =>
            new RegExp(`^${pattern.replaceAll('*', '[^/]+')}$`).test(dist),
          ),
      );
    expect(missing).toEqual([]);
  });

  it('the image is based on the long-term release of Node.js that the project recommends', () => {
    const bases = dockerfile.getFROMs().map((from) => from.getImage() ?? '');
    const fromOutside = bases.filter((base) => !stages.has(base));
    expect(fromOutside).toHaveLength(2);
    for (const base of fromOutside) expect(base).toMatch(/^\$\{NODE_IMAGE\}$/);
    expect(read('Dockerfile')).toMatch(/^ARG NODE_IMAGE=node:24-bookworm-slim$/m);
  });

  it('the image takes packages as the lock file names them, and lets none run scripts of its own', () => {
    const installs = [...stages.keys()]
      .flatMap((stage) => textsOf(stage, 'RUN'))
      .filter((text) => /npm (ci|install|i)\b/.test(text));
    expect(installs).toHaveLength(2);
    for (const text of installs) expect(text).toMatch(/npm ci\b/);
    expect(read('.npmrc')).toMatch(/^ignore-scripts=true$/m);
    expect(textsOf('manifests', 'COPY')[0]).toContain('.npmrc');
  });

  it('the image says which images it is made of in one file, and nowhere another one', () => {
    const compose = read('compose.yaml');
    const images = [...read('ops/images.env').matchAll(/^([A-Z]+_IMAGE)=(.+)$/gm)];
    expect(images.map(([, name]) => name)).toEqual([
      'NODE_IMAGE',
      'CADDY_IMAGE',
      'POSTGRES_IMAGE',
      'REDIS_IMAGE',
    ]);
    for (const [, name, image = ''] of images) {
      expect(image).toMatch(/^[a-z]+:[\w.-]+(@sha256:[0-9a-f]{64})?$/);
      // Left out of the environment, it is the same tag.
      expect(compose).toContain(`\${${name}:-${image.split('@')[0]}}`);
    }
  });

  it('the image is made of images that are pinned by digest', (context) => {
    const images = read('ops/images.env').match(/^[A-Z]+_IMAGE=.+$/gm) ?? [];
    const unpinned = images.filter((line) => !/@sha256:[0-9a-f]{64}$/.test(line));
    context.skip(
      unpinned.length === images.length,
      'no registry of images can be reached from where this project is made: run ops/pin-images.sh where one can',
    );
    expect(unpinned).toEqual([]);
  });

  it('the image runs as an unprivileged user', () => {
    expect(textsOf(last, 'USER')).toEqual(['node']);
    const order = (stages.get(last) ?? []).map((instruction) => instruction.getKeyword());
    // Nothing is written into the image as that user, so that it cannot change its own program.
    expect(order.slice(order.indexOf('USER'))).not.toContain('COPY');
    expect(order.slice(order.indexOf('USER'))).not.toContain('RUN');
  });

  it('the image lets the signal to end reach the server itself, and asks it how it is', () => {
    for (const keyword of ['CMD', 'HEALTHCHECK'] as const) {
      const [text = ''] = textsOf(last, keyword);
      const list = JSON.parse(text.slice(text.indexOf('['))) as string[];
      expect(list[0]).toBe('node');
    }
    expect(textsOf(last, 'HEALTHCHECK')[0]).toContain('/readyz');
  });

  it('the image keeps secrets of this machine out', () => {
    const ignored = read('.dockerignore').split('\n');
    for (const line of ['**/.env', '**/*.env', '.git', '**/node_modules', 'data']) {
      expect(ignored).toContain(line);
    }
    for (const instruction of dockerfile.getInstructions()) {
      expect(instruction.getKeyword()).not.toBe('ADD');
      if (['ENV', 'ARG'].includes(instruction.getKeyword())) {
        expect(instruction.getArgumentsContent()).not.toMatch(/PASSWORD|TOKEN|SECRET|KEY/);
      }
    }
  });
});
