import { carrierManifest } from '@outdial/kit';
import { z } from 'zod';
import { AIRCALL, AIRCALL_CAPABILITIES } from './aircall-telephony.js';
import { checkAircall } from './check.js';
import { CREDENTIAL_FIELDS } from './credentials.js';
import { openAircall } from './open.js';
import { AircallSettings } from './settings.js';

const number = 'must be a whole number from 1 to 1000000';

export const manifest = carrierManifest({
  kind: 'carrier',
  id: AIRCALL,
  label: 'Aircall',
  summary:
    'Agents talk in the Aircall app, one line each. Outdial places the calls and follows them by webhook.',
  capabilities: AIRCALL_CAPABILITIES,
  credentials: CREDENTIAL_FIELDS,
  settings: AircallSettings,
  environment: {
    AIRCALL_API_ID: { credential: 'api_id', schema: z.string() },
    AIRCALL_API_TOKEN: { credential: 'api_token', schema: z.string() },
    AIRCALL_WEBHOOK_TOKEN: {
      credential: 'webhook_token',
      schema: z.string().min(8, 'must have at least 8 characters, as Aircall’s own tokens do'),
    },
    AIRCALL_BASE_URL: {
      setting: 'base_url',
      schema: z.url({
        protocol: /^https?$/,
        error: 'must be a URL such as https://api.aircall.io',
      }),
    },
    AIRCALL_REQUESTS_PER_MINUTE: {
      setting: 'requests_per_minute',
      schema: z.coerce.number(number).int(number).min(1, number).max(1_000_000, number),
    },
  },
  checkEnvironment: ({ AIRCALL_API_ID: id, AIRCALL_API_TOKEN: token }) =>
    id !== undefined && token === undefined
      ? 'AIRCALL_API_ID needs AIRCALL_API_TOKEN: one key has both. Leave both out to enter them under Settings, Connections.'
      : null,
  open: openAircall,
  check: checkAircall,
});
