import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { createStage } from '../harness/stage.js';

const cli = createRequire(import.meta.url).resolve('@redocly/cli/bin/cli.js');
const run = promisify(execFile);

interface Finding {
  readonly ruleId: string;
  readonly message: string;
  readonly location: readonly { readonly pointer?: string }[];
}

it('the API document has neither errors nor warnings by the recommended rules of Redocly', async () => {
  const stage = await createStage();
  const folder = await mkdtemp(join(tmpdir(), 'outdial-openapi-'));
  try {
    const { body } = await stage.request('GET', '/api/openapi.json');
    const file = join(folder, 'openapi.json');
    await writeFile(file, JSON.stringify(body));
    const args = ['lint', file, '--extends=recommended', '--format=json', '--max-problems=1000'];
    const { stdout } = await run(process.execPath, [cli, ...args], {
      cwd: folder,
      env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
    }).catch((error: { stdout?: string }) => {
      // It ends with 1 where it found errors, and writes the same.
      if (error.stdout) return { stdout: error.stdout };
      throw error;
    });
    const { problems } = JSON.parse(stdout) as { problems: readonly Finding[] };
    const found = problems.map(
      ({ ruleId, message, location }) => `${ruleId} ${location[0]?.pointer ?? ''}: ${message}`,
    );
    expect(found).toEqual([]);
  } finally {
    await rm(folder, { recursive: true, force: true });
    await stage.close();
  }
});
