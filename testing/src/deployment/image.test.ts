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
  it('knows the manifest of every package, without which npm would not install what it needs', () => {
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

  it('is built with what it is told to leave behind: sources, tests and tools', () => {
    expect([...stages.keys()]).toEqual(['manifests', 'build', 'production-packages', 'runtime']);
    // Tests are not even handed to Docker, so building them would fail.
    expect(textsOf('build', 'RUN')).toContain('node scripts/build.mjs --runtime');
    const copied = textsOf('runtime', 'COPY');
    expect(copied).toEqual(['--from=production-packages /app ./', '--from=build /runtime ./']);
  });

  it('pins the version of Node that this project runs on', () => {
    const bases = dockerfile.getFROMs().map((from) => from.getImage() ?? '');
    const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
    const major = /\d+/.exec(engines.node)?.[0];
    for (const base of bases) {
      if (stages.has(base)) continue;
      expect(base).toMatch(new RegExp(`^node:${major}-bookworm-slim$`));
    }
  });

  it('runs as nobody in particular', () => {
    expect(textsOf(last, 'USER')).toEqual(['node']);
    const order = (stages.get(last) ?? []).map((instruction) => instruction.getKeyword());
    // Nothing is written into the image as that user, so that it cannot change its own program.
    expect(order.slice(order.indexOf('USER'))).not.toContain('COPY');
    expect(order.slice(order.indexOf('USER'))).not.toContain('RUN');
  });

  it('lets the signal to end reach the server itself, and asks it how it is', () => {
    for (const keyword of ['CMD', 'HEALTHCHECK'] as const) {
      const [text = ''] = textsOf(last, keyword);
      const list = JSON.parse(text.slice(text.indexOf('['))) as string[];
      expect(list[0]).toBe('node');
    }
    expect(textsOf(last, 'HEALTHCHECK')[0]).toContain('/readyz');
  });

  it('keeps secrets of this machine out', () => {
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
