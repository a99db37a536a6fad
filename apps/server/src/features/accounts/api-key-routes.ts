import { operations } from '@outdial/protocol';
import { principalOf } from '../../access/principal.js';
import { type Handled, handle } from '../../operations/handle.js';
import { fromWirePage, pageFields } from '../../operations/to-page.js';
import type { HttpPorts } from '../http-ports.js';
import { fromOf } from './request-origin.js';
import { toWireApiKey } from './to-wire.js';

export function apiKeyHandlers({ accounts }: Pick<HttpPorts, 'accounts'>): readonly Handled[] {
  const { apiKeys } = accounts;
  return [
    handle(operations.apiKeys.list, async ({ query }) => {
      const page = await apiKeys.list(fromWirePage(query));
      return { api_keys: page.rows.map(toWireApiKey), ...pageFields(page) };
    }),

    handle(operations.apiKeys.create, async (request, reply) => {
      const { name, permissions, expires_at: expires } = request.body;
      const expiresAt = expires === null ? null : new Date(expires);
      const { apiKey, key } = await apiKeys.create(
        principalOf(request),
        { name, permissions, expiresAt },
        fromOf(request),
      );
      reply.status(201).header('cache-control', 'no-store');
      return { message: 'The key is shown this once.', api_key: toWireApiKey(apiKey), key };
    }),

    handle(operations.apiKeys.revoke, async (request) => {
      const by = principalOf(request);
      const key = await apiKeys.revoke(by, request.params.id, fromOf(request));
      return { message: `The key “${key.name}” was revoked.` };
    }),
  ];
}
