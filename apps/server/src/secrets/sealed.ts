import { createSecretStore, createUserStore, type OpenDatabase } from '@outdial/postgres';
import { totpBoundTo } from './seal-contexts.js';

/** One sealed text, wherever it is kept. Code that seals something new is added here, or a rotation would leave it behind. */
export interface Sealed {
  /** Also its name for people. */
  readonly boundTo: string;
  readonly text: string;
  /** Puts the same text, sealed anew, in its place. False when it changed meanwhile. */
  reseal(text: string, keyId: string): Promise<boolean>;
}

export async function listSealed(db: OpenDatabase['db']): Promise<readonly Sealed[]> {
  const secrets = createSecretStore(db);
  const users = createUserStore(db);
  return [
    ...(await secrets.list()).map((secret) => ({
      boundTo: secret.name,
      text: secret.sealed,
      reseal: (text: string, keyId: string) => secrets.reseal(secret, text, keyId),
    })),
    ...(await users.listSealed()).map(({ userId, sealed }) => ({
      boundTo: totpBoundTo(userId),
      text: sealed,
      reseal: (text: string) => users.reseal(userId, sealed, text),
    })),
  ];
}
