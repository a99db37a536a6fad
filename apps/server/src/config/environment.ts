import { existsSync } from 'node:fs';

/** The only place that touches `process.env`. A file `.env` where the program is started fills in what is not set. */
export function environment(): Readonly<Record<string, string | undefined>> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return process.env;
}
