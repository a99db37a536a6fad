import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { about, type Finding, wordsOf } from '@outdial/kit';
import {
  type Connection,
  createConnectionStore,
  createUserStore,
  type OpenDatabase,
  openDatabase,
  ownerOfDataDir,
} from '@outdial/postgres';
import type { Config } from '../config/read-config.js';
import { missingInternalKeys } from '../secrets/internal-keys.js';
import { CannotOpen } from '../secrets/keyring.js';
import { listSealed } from '../secrets/sealed.js';
import { keyringOf, NoSecretKey, readSecretKeys } from '../secrets/secret-keys.js';

/** What the database holds of connections, with their credentials decrypted; unknown: it could not be looked into. */
export type StoredConnections =
  | { readonly rows: readonly Connection[]; readonly secrets: ReadonlyMap<string, string> }
  | 'unknown';

/** Whether the key opens what is stored, and what of the credentials is. Opens everything, shows nothing. */
export async function checkSecrets(
  config: Pick<Config, 'database' | 'secretKey' | 'previousSecretKeys'>,
): Promise<{ readonly findings: readonly Finding[]; readonly stored: StoredConnections }> {
  const { ok, warning, problem } = about('secret key');
  const unknown = (...findings: Finding[]) => ({ findings, stored: 'unknown' as const });
  let database: OpenDatabase | null = null;
  try {
    const keys = await readSecretKeys(config, { make: false });
    database = await openToLook(config.database);
    if (database === null)
      return unknown(ok('there; what it opens can be seen only while no server runs'));
    const keyring = keyringOf(keys);
    const sealed = await listSealed(database.db);
    const opened = new Map<string, string>();
    const closed: string[] = [];
    let old = 0;
    for (const { text, boundTo: to } of sealed) {
      try {
        opened.set(to, keyring.open(text, to));
        if (keyring.keyIdOf(text) !== keyring.keyId) old += 1;
      } catch (error) {
        if (!(error instanceof CannotOpen)) throw error;
        closed.push(to);
      }
    }
    const stored = { rows: await connectionsIn(database), secrets: opened };
    if (closed.length > 0) {
      const finding = problem(
        `${closed.length} of ${sealed.length} stored secrets cannot be opened: ${closed.slice(0, 5).join(', ')}`,
        'Set SECRET_KEY to what it was, or name the old key in SECRET_KEY_PREVIOUS; without it enter them anew (docs/operating.md).',
      );
      return { findings: [finding], stored };
    }
    const missing = await missingInternalKeys(database.db);
    if (missing.length > 0 && !(await createUserStore(database.db).none())) {
      return {
        findings: [
          problem(
            `missing in the table secrets: ${missing.join(', ')}; the server refuses to start`,
            'Put the table back from a backup; see “Missing keys” in docs/operating.md.',
          ),
        ],
        stored,
      };
    }
    const finding =
      old > 0
        ? warning(
            `${old} of ${sealed.length} stored secrets are sealed with an older key`,
            'Run npm run secrets:rotate, then leave SECRET_KEY_PREVIOUS out.',
          )
        : ok(`opens all ${sealed.length} stored secrets`);
    return { findings: [finding], stored };
  } catch (error) {
    if (error instanceof NoSecretKey || isNoSuchTable(error)) {
      return { findings: [ok('nothing is sealed yet')], stored: { rows: [], secrets: new Map() } };
    }
    // The check of the database says more.
    return unknown(warning(`could not be tried: ${wordsOf(error)}`, 'See the database above.'));
  } finally {
    await database?.close();
  }
}

/** The first start, or the first of a release that seals anything, is still to come. */
const isNoSuchTable = (error: unknown): boolean =>
  (error as { readonly code?: unknown } | null)?.code === '42P01';

/** null: another process has the embedded database, or there is none yet. */
async function openToLook(database: Config['database']): Promise<OpenDatabase | null> {
  if (database.kind === 'server') return openDatabase({ url: database.url, poolSize: 1 });
  const folder = resolve(database.dataDir);
  if ((await ownerOfDataDir(folder)) !== null) return null;
  const isThere = await access(join(folder, 'pglite')).then(
    () => true,
    () => false,
  );
  return isThere ? openDatabase({ dataDir: folder }) : null;
}

/** A database of a release without connections has none. */
const connectionsIn = (database: OpenDatabase): Promise<readonly Connection[]> =>
  createConnectionStore(database.db)
    .list()
    .catch((error: unknown) => {
      if (isNoSuchTable(error)) return [];
      throw error;
    });
