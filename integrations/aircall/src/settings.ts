import { z } from 'zod';
import { AIRCALL_BASE_URL } from './aircall-client.js';

/** Of one Aircall connection. */
export const AircallSettings = z.object({
  base_url: z
    .url({ protocol: /^https?$/, error: 'must be a URL such as https://api.aircall.io' })
    .default(AIRCALL_BASE_URL)
    .meta({
      title: 'Address of the API',
      description: 'Only for tests against the mock. Changing it removes the stored credentials.',
      'x-address': true,
    }),
  requests_per_minute: z.number().int().min(1).max(1_000_000).default(60).meta({
    title: 'Requests per minute',
    description:
      'Our share of the account’s limit (60 or 120 a minute), which other integrations use as well.',
    'x-unit': 'per minute',
  }),
});
export type AircallSettings = z.infer<typeof AircallSettings>;
