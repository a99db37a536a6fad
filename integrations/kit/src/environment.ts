import type { z } from 'zod';

/** A variable that sets a credential or a setting of the connection that the environment makes. */
export type EnvironmentVariable = {
  /** Reads the text; its messages follow the name of the variable. */
  readonly schema: z.ZodType;
} & ({ readonly credential: string } | { readonly setting: string });
