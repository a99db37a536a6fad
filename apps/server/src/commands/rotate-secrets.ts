import { parseArgs } from 'node:util';
import { DataDirInUse, migrate, openDatabase } from '@outdial/postgres';
import { createAuditTrail } from '../audit/create-audit-trail.js';
import { environment } from '../config/environment.js';
import { readConfig } from '../config/read-config.js';
import { systemTimers } from '../platform/system-timers.js';
import {
  InternalKeysMissing,
  internalKeys,
  missingInternalKeys,
  renewAccessTokenKey,
} from '../secrets/internal-keys.js';
import { CannotOpen } from '../secrets/keyring.js';
import { rotateSecrets } from '../secrets/rotate.js';
import {
  BadKeyFile,
  keyringOf,
  keysInFile,
  newSecretKey,
  readSecretKeys,
  removeKeyFile,
  writeKeyFile,
} from '../secrets/secret-keys.js';
import { createLogger } from '../telemetry/logger.js';

// npm run secrets:rotate: everything sealed is sealed with the newest key. Exit code 1: something is left to do.
// -- --new-internal-keys: the key of access tokens is replaced too, as after a leak.
// -- --make-missing-keys: missing internal keys are made anew, with an audit entry.
const OPTIONS = {
  'new-internal-keys': { type: 'boolean' },
  'make-missing-keys': { type: 'boolean' },
} as const;
const USAGE = 'npm run secrets:rotate [-- --new-internal-keys] [-- --make-missing-keys]';
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** A word of the command line that it does not know. */
class UnknownOption extends Error {
  override readonly name = 'UnknownOption';
}

const read = readConfig(environment());
if (!read.ok) {
  say(['This configuration cannot be read:', ...read.problems.map((p) => `  - ${p}`)].join('\n'));
  process.exit(1);
}
const { config } = read;
try {
  process.exitCode = await run();
} catch (error) {
  const plain = [BadKeyFile, CannotOpen, DataDirInUse, InternalKeysMissing, UnknownOption].some(
    (known) => error instanceof known,
  );
  say(
    plain
      ? (error as Error).message
      : `Secrets could not be sealed anew: ${String((error as Error).message)}`,
  );
  process.exitCode = 1;
}

async function run(): Promise<number> {
  const wish = readOptions();
  const { database: where } = config;
  const database = await openDatabase(
    where.kind === 'server' ? { url: where.url, poolSize: 2 } : { dataDir: where.dataDir },
  );
  try {
    await migrate(database.db);
    // The embedded database's own file: the new key goes in before anything is sealed with it, the old one out once nothing is.
    // Two keys in it: an earlier run was cut short, and is gone on with.
    const inFile = where.kind === 'embedded' ? await keysInFile(where.dataDir) : [];
    const keepsOwnKey = where.kind === 'embedded' && config.secretKey === null;
    if (keepsOwnKey && inFile.length === 1) {
      await writeKeyFile(where.dataDir, [newSecretKey(), ...inFile]);
    }
    const keyring = keyringOf(await readSecretKeys(config));
    const rotated = await rotateSecrets(database.db, keyring);
    const total = rotated.resealed + rotated.already;
    say(
      `${rotated.resealed} secrets were sealed with the new key (${keyring.keyId}); ${rotated.already} were already.`,
    );

    if (rotated.closed.length > 0) {
      say(
        `${rotated.closed.length} cannot be opened with the keys at hand: ${rotated.closed.join(', ')}.\n` +
          'Name the key that they were sealed with in SECRET_KEY_PREVIOUS and run this again, or enter them anew.',
      );
    }
    const missing = await missingInternalKeys(database.db);
    const keys = await internalKeys(database.db, keyring, systemTimers, {
      makeMissing: wish['make-missing-keys'] === true,
    });
    const isNew = wish['new-internal-keys'] === true;
    if (isNew) await renewAccessTokenKey(database.db, keyring, systemTimers);
    await createAuditTrail(database.db, {
      clock: systemTimers,
      key: keys.audit,
      log: createLogger(config),
    }).append({
      action: 'secrets_rotated',
      actor: { kind: 'system', id: null, name: 'npm run secrets:rotate' },
      details: {
        key_id: keyring.keyId,
        resealed: rotated.resealed,
        already: rotated.already,
        not_opened: rotated.closed.length,
        ...(isNew && { new_internal_keys: ['access tokens'] }),
        ...(missing.length > 0 && { made_missing_keys: missing }),
      },
    });
    if (missing.length > 0)
      say(`These keys were missing and were made anew: ${missing.join(', ')}.`);
    if (isNew) {
      say(
        'Access tokens have a new key: running nodes follow within seconds, and browsers fetch new tokens by themselves.',
      );
    }
    if (rotated.closed.length > 0) return 1;
    if (where.kind === 'embedded' && inFile.length > 0) {
      // Set by hand, SECRET_KEY takes the file's place: the file would be one more thing to keep secret.
      const [current = ''] = await keysInFile(where.dataDir);
      await (keepsOwnKey ? writeKeyFile(where.dataDir, [current]) : removeKeyFile(where.dataDir));
    }
    say(
      config.previousSecretKeys.length > 0
        ? `All ${total} are sealed with SECRET_KEY. Leave SECRET_KEY_PREVIOUS out once every node runs with the new key.`
        : `All ${total} are sealed with the newest key.`,
    );
    return 0;
  } finally {
    await database.close();
  }
}

function readOptions() {
  try {
    return parseArgs({ options: OPTIONS }).values;
  } catch (error) {
    throw new UnknownOption(`${(error as Error).message} Use it so: ${USAGE}`, { cause: error });
  }
}
