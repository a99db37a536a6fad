import { parseArgs } from 'node:util';
import { DataDirInUse, openDatabase, readMigrationState } from '@outdial/postgres';
import { createChanges } from '../audit/changes.js';
import { createAuditTrail } from '../audit/create-audit-trail.js';
import { environment } from '../config/environment.js';
import { readConfig } from '../config/read-config.js';
import { resetPassword } from '../features/accounts/reset-password.js';
import { withoutPersonalData } from '../features/privacy/audited-people.js';
import { openSecrets } from '../secrets/open-secrets.js';
import { personHashes } from '../secrets/person-hashes.js';
import { createLogger } from '../telemetry/logger.js';

// npm run users:reset-password -- <e-mail address> [--remove-second-factor] [--enable]
// Works on the database that a server started here would open. Exit code 1: nothing was changed.
const USAGE =
  'Say whose password: npm run users:reset-password -- anna@example.com [--remove-second-factor] [--enable]';

process.exitCode = await run().catch((error: unknown) => {
  say(
    error instanceof DataDirInUse
      ? 'The server is running, and the embedded database serves one process. Stop the server, reset the password, start it again; or ask another admin, who can do it in the web app.'
      : error instanceof Error
        ? error.message
        : String(error),
  );
  return 1;
});

async function run(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'remove-second-factor': { type: 'boolean' }, enable: { type: 'boolean' } },
  });
  const [email, ...more] = positionals;
  if (email === undefined || more.length > 0) return refuse(USAGE);
  const read = readConfig(environment());
  if (!read.ok) return refuse(read.problems.join('\n'));
  const { config } = read;
  const clock = { now: () => new Date() };
  const database = await openDatabase(
    config.database.kind === 'server'
      ? { url: config.database.url, poolSize: 2 }
      : { dataDir: config.database.dataDir },
  );
  try {
    const { db } = database;
    if ((await readMigrationState(db)).missing.length > 0) {
      return refuse(
        'The database is new, or of an older release. Start the server once, then try again.',
      );
    }
    const { keys } = await openSecrets(config, db, clock);
    const hashes = personHashes(keys.lookup);
    const audit = withoutPersonalData(
      createAuditTrail(db, { clock, key: keys.audit, log: createLogger(config) }),
      hashes,
    );
    const changes = createChanges(db, { audit, hashes, clock });
    const answer = await resetPassword(
      {
        email,
        removeSecondFactor: values['remove-second-factor'] ?? false,
        enable: values.enable ?? false,
      },
      { db, lookupKey: keys.lookup, changes, clock },
    );
    if (answer.kind === 'unknown') {
      return refuse(
        `No user has the e-mail address ${email}. There are: ${answer.known.join(', ') || 'no users'}.`,
      );
    }
    say(`The new password of ${email}, to be changed at the next sign-in:`);
    say(`\n    ${answer.oneTimePassword}\n`);
    if (answer.hasSecondFactor) {
      say('The second factor stays. Lost it? Do this again with --remove-second-factor.');
    }
    if (answer.disabled)
      say('The account stays disabled. To let them in, do this again with --enable.');
    return 0;
  } finally {
    await database.close();
  }
}

function refuse(because: string): number {
  say(because);
  return 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
