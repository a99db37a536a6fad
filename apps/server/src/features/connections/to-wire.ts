import { CREDENTIALS, type Credential } from '@outdial/protocol';
import type { CredentialState } from '../../secrets/credentials.js';

/** Which each provider cannot do without. */
const NEEDED: Readonly<Record<string, readonly string[]>> = { aircall: ['aircall_api_token'] };

export function toWireCredential(state: CredentialState, provider: string): Credential {
  const { label, environment } = CREDENTIALS[state.name];
  return {
    name: state.name,
    label,
    set: state.source !== null,
    source: state.source,
    environment_variable: environment,
    editable: state.editable,
    needed: NEEDED[provider]?.includes(state.name) ?? false,
    updated_at: state.updatedAt?.toISOString() ?? null,
    updated_by: state.updatedBy,
    problem: state.trouble,
  };
}
