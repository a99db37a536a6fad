/** One thing that an admin enters for a connection. */
export interface CredentialField {
  /** Within the integration: `api_token`. Stored with the value: never changes. */
  readonly name: string;
  readonly label: string;
  /** What it is, and where the admin finds it. */
  readonly description: string;
  /** False: it may be shown, such as a user name. */
  readonly secret: boolean;
  /** Fields of one group belong to one account: either the environment sets all of them or none. */
  readonly group: string;
}

/** The credentials of one connection, as they are at this moment: new ones count from the next request on. */
export interface CredentialsNow {
  /** null: not set. Throws when it is stored and cannot be decrypted, with a sentence for users. */
  value(name: string): Promise<string | null>;
  /** As last read; null before that. */
  known(name: string): string | null;
}
