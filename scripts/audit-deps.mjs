import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { root } from './requirements.mjs';

// `npm run audit:deps`: fails when a package that is installed in production has a known weakness of high or critical severity.
// Whether there is one is the registry's word; where it does not answer nothing is known, which is said and fails nothing, so that
// tests run without the Internet too.

const FAILING = ['critical', 'high'];
const REGISTRY_ANSWERS_WITHIN_MS = 20_000;

/**
 * What `npm audit --json` says, in one word and some lines: `ok`, `weak` or `unknown`.
 * @param {string} output
 */
export function readAudit(output) {
  let audit;
  try {
    audit = JSON.parse(output);
  } catch {
    return { says: 'unknown', lines: ['npm audit said nothing that can be read.'] };
  }
  const counts = audit?.metadata?.vulnerabilities;
  if (typeof counts?.total !== 'number') {
    const why =
      audit?.error?.code || audit?.error?.summary || audit?.message || 'it has none to give';
    return { says: 'unknown', lines: [`The registry gave no answer (${firstLine(why)}).`] };
  }
  const failing = Object.values(audit.vulnerabilities ?? {}).filter(({ severity }) =>
    FAILING.includes(severity),
  );
  const lines = failing.map(
    ({ name, severity, range, fixAvailable }) =>
      `${severity}: ${name} ${range}${fixAvailable ? ', a fix is available' : ''}`,
  );
  const number = FAILING.reduce((sum, severity) => sum + (counts[severity] ?? 0), 0);
  return {
    says: number > 0 ? 'weak' : 'ok',
    lines: [
      ...lines,
      `${counts.total} known weaknesses in packages of production, ${number} of them high or critical.`,
    ],
  };
}

/** Never the registry's address, which depends on the machine's configuration. */
const firstLine = (text) =>
  String(text)
    .split('\n')[0]
    .replaceAll(/https?:\/\/\S+/g, '…');

/** Prints the findings; false: something must be fixed. */
export function auditDependencies() {
  const { stdout } = spawnSync(
    process.platform === 'win32' ? 'npm.cmd' : 'npm',
    ['audit', '--omit=dev', '--json', '--fetch-retries=0'],
    {
      cwd: root,
      encoding: 'utf8',
      timeout: REGISTRY_ANSWERS_WITHIN_MS,
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  const { says, lines } = readAudit(stdout ?? '');
  for (const line of lines) console.log(line);
  if (says === 'unknown') {
    console.log('NOT AUDITED: whether dependencies have known weaknesses was not found out.');
  }
  return says !== 'weak';
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = auditDependencies() ? 0 : 1;
}
