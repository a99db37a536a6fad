import type { CarrierManifest } from '@outdial/kit';

/** A value of the environment, and where it came from. */
export interface FromEnvironment<T> {
  readonly value: T;
  readonly variable: string;
}

/** A connection that the environment makes; its id is that of its integration. */
export interface EnvironmentConnection {
  readonly integration: string;
  /** By the name of the field. Every variable that sets a credential is listed, with or without a value. */
  readonly credentials: Readonly<
    Record<string, { readonly value: string | undefined; readonly variable: string }>
  >;
  /** Only what is set. */
  readonly settings: Readonly<Record<string, FromEnvironment<unknown>>>;
}

/** The connection of one integration, by the variables that its manifest names; `problems`: what does not go together. */
export function connectionFromEnvironment(
  manifest: CarrierManifest,
  variables: Readonly<Record<string, unknown>>,
): { readonly connection: EnvironmentConnection; readonly problem: string | null } {
  const credentials: Record<string, { value: string | undefined; variable: string }> = {};
  const settings: Record<string, FromEnvironment<unknown>> = {};
  for (const [variable, target] of Object.entries(manifest.environment)) {
    const value = variables[variable];
    if ('credential' in target) {
      credentials[target.credential] = {
        value: value === undefined ? undefined : String(value),
        variable,
      };
    } else if (value !== undefined) settings[target.setting] = { value, variable };
  }
  return {
    connection: { integration: manifest.id, credentials, settings },
    problem: manifest.checkEnvironment?.(variables) ?? null,
  };
}
