import type { AircallCredentials } from '@outdial/aircall';
import type { Config } from '../config/read-config.js';
import type { Credentials, FromEnvironment } from './credentials.js';

/** What the environment says of the credentials that can be stored as well. */
export function credentialsOfEnvironment({
  telephony,
}: Pick<Config, 'telephony'>): FromEnvironment {
  if (telephony.provider !== 'aircall') return {};
  const { credentials, webhookToken } = telephony;
  return {
    ...(credentials?.kind === 'basic' && {
      aircall_api_id: credentials.apiId,
      aircall_api_token: credentials.apiToken,
    }),
    ...(credentials?.kind === 'bearer' && { aircall_api_token: credentials.accessToken }),
    ...(webhookToken !== null && { aircall_webhook_token: webhookToken }),
  };
}

/** An API id makes it a key of the customer's own account; without one the token is an OAuth token. null: none is set. */
export async function aircallCredentials(
  credentials: Pick<Credentials, 'value'>,
): Promise<AircallCredentials | null> {
  const apiId = await credentials.value('aircall_api_id');
  const token = await credentials.value('aircall_api_token');
  if (token === null) return null;
  return apiId === null
    ? { kind: 'bearer', accessToken: token }
    : { kind: 'basic', apiId, apiToken: token };
}

/** What is missing before calls can go through Aircall, and where it is set; null: nothing. A sentence for people. */
export async function missingForAircall(
  credentials: Pick<Credentials, 'value'>,
  publicUrl: string | null,
): Promise<string | null> {
  const where = 'An admin sets it in the settings, or AIRCALL_* in the environment do.';
  if ((await credentials.value('aircall_api_token')) === null) {
    return `Aircall’s API token is missing, so no call can be placed. ${where}`;
  }
  if (publicUrl === null && (await credentials.value('aircall_webhook_token')) === null) {
    return `Aircall’s webhook token is missing, and without PUBLIC_URL the webhook is not registered by itself: Outdial would not learn how calls end. ${where}`;
  }
  return null;
}
