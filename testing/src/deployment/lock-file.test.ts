import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const read = (path: string): string => readFileSync(`${ROOT}${path}`, 'utf8');

interface Locked {
  readonly version?: string;
  readonly link?: boolean;
  readonly integrity?: string;
  readonly resolved?: string;
}
const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> };
const installed = Object.entries(packages).filter(
  ([path, { link }]) => path.includes('node_modules/') && link !== true,
);

describe('the lock file', () => {
  // npm writes the digest when it downloads a package, and never adds one to an entry that lacks it: once forgotten is forgotten
  // for good, and `npm ci` takes whatever comes under that name and version.
  it('the lock file names every package with its digest', () => {
    expect(installed.length).toBeGreaterThan(500);
    const without = installed.filter(
      ([, { integrity = '' }]) => !/^sha512-\S{86}==$/.test(integrity),
    );
    expect(without.map(([path]) => path)).toEqual([]);
  });

  it('the lock file takes packages only from the configured registry', () => {
    // Left out by omit-lockfile-registry-resolved; what remains would be a Git repository, a file or a foreign host.
    for (const [path, { resolved }] of installed) expect(resolved, path).toBeUndefined();
    expect(read('.npmrc')).toContain('omit-lockfile-registry-resolved=true');
  });
});
