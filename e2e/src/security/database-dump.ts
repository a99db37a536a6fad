import { execFile } from 'node:child_process';
import { delimiter } from 'node:path';
import { promisify } from 'node:util';
import { findPostgres } from '@outdial/testing/services';

const MOST_BYTES = 256 * 1024 * 1024;

/** The whole database as text, like a stolen backup. */
export async function dumpOf(databaseUrl: string): Promise<string> {
  const PATH = [findPostgres(), process.env.PATH].filter(Boolean).join(delimiter);
  const { stdout } = await promisify(execFile)('pg_dump', ['--format=plain', databaseUrl], {
    env: { PATH },
    maxBuffer: MOST_BYTES,
  });
  return stdout;
}

/** The names of those secrets that stand in the text, in the clear or only written in another way. */
export function foundIn(text: string, secrets: Readonly<Record<string, string>>): string[] {
  const lower = text.toLowerCase();
  return Object.entries(secrets).flatMap(([name, secret]) => {
    if (secret.length < 6) throw new Error(`There is no ${name} to look for.`);
    const bytes = Buffer.from(secret);
    const spellings = {
      clear: secret,
      base64: bytes.toString('base64').replace(/=+$/, ''),
      base64url: bytes.toString('base64url'),
      hexadecimal: bytes.toString('hex'),
      // A random token is base64url itself: its bytes are as good as it is.
      'decoded, hexadecimal': Buffer.from(secret.replace(/^od_/, ''), 'base64url').toString('hex'),
    };
    return Object.entries(spellings)
      .filter(([, spelling]) => spelling.length >= 6 && lower.includes(spelling.toLowerCase()))
      .map(([how]) => `${name} (${how})`);
  });
}
