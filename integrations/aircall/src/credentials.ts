import type { CredentialField, CredentialsNow } from '@outdial/kit';
import type { AircallCredentials } from './aircall-http.js';

export const CREDENTIAL_FIELDS: readonly CredentialField[] = [
  {
    name: 'api_id',
    label: 'API id',
    description:
      'Of a key made in the Aircall dashboard under Integrations & API. Leave it empty for an OAuth access token.',
    secret: false,
    group: 'key',
  },
  {
    name: 'api_token',
    label: 'API token',
    description: 'Shown once by Aircall when the key is made; or an OAuth access token.',
    secret: true,
    group: 'key',
  },
  {
    name: 'webhook_token',
    label: 'Webhook token',
    description:
      'Only for a webhook that you registered yourself. With PUBLIC_URL, Outdial registers its own and knows its token.',
    secret: true,
    group: 'webhook',
  },
];

/** An API id makes it a key of the customer's own account; without one the token is an OAuth token. null: none is set. */
export async function aircallCredentials(
  credentials: Pick<CredentialsNow, 'value'>,
): Promise<AircallCredentials | null> {
  const apiId = await credentials.value('api_id');
  const token = await credentials.value('api_token');
  if (token === null) return null;
  return apiId === null
    ? { kind: 'bearer', accessToken: token }
    : { kind: 'basic', apiId, apiToken: token };
}

/** What is missing before calls can go through Aircall, and where it is set, as a sentence; null: nothing. */
export async function missingForAircall(
  credentials: Pick<CredentialsNow, 'value'>,
  isReachable: boolean,
): Promise<string | null> {
  const where =
    'An admin enters it under Settings, Connections; a headless installation sets AIRCALL_* together with TELEPHONY=aircall.';
  if ((await credentials.value('api_token')) === null) {
    return `Aircall’s API token is missing, so no call can be placed. ${where}`;
  }
  if (!isReachable && (await credentials.value('webhook_token')) === null) {
    return `Aircall’s webhook token is missing, and without PUBLIC_URL the webhook is not registered by itself: Outdial would not learn how calls end. ${where}`;
  }
  return null;
}
