import { UsageError } from './exit-codes.js';
import { readSignIns, signInFile } from './sign-in-file.js';

export const DEFAULT_URL = 'http://localhost:3000';

/** The server: `--url`, else OUTDIAL_URL, else the one signed in to last, else this machine. */
export async function serverUrl(
  given: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const named = given ?? env.OUTDIAL_URL;
  if (named !== undefined && named !== '') return normalized(named);
  return (await readSignIns(signInFile(env))).current ?? DEFAULT_URL;
}

function normalized(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw new UsageError(`"${text}" is no address such as https://dialer.example.com`, { cause });
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new UsageError(`The address must begin with http:// or https://, not ${url.protocol}//`);
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}
