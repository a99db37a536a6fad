import { ApiKeyCreated, ApiKeyList, CreateApiKey, Message, PageQuery } from '@outdial/protocol';
import { principalOf } from '../../access/principal.js';
import type { HttpPorts } from '../http-ports.js';
import { type App, ById, operation } from '../operation.js';
import { fromOf } from '../request-from.js';
import { toWireApiKey } from '../translate/account.js';
import { fromWirePage, pageFields } from '../translate/page.js';

export function apiKeyRoutes(app: App, { accounts }: Pick<HttpPorts, 'accounts'>): void {
  const { apiKeys } = accounts;

  app.get(
    '/api/api-keys',
    {
      schema: operation(
        {
          id: 'listApiKeys',
          tag: 'users',
          summary: 'Keys of programs, the newest first, revoked ones too',
          errors: ['invalid_cursor'],
        },
        { querystring: PageQuery, response: { 200: ApiKeyList } },
      ),
    },
    async ({ query }) => {
      const page = await apiKeys.list(fromWirePage(query));
      return { api_keys: page.rows.map(toWireApiKey), ...pageFields(page) };
    },
  );

  app.post(
    '/api/api-keys',
    {
      schema: operation(
        {
          id: 'createApiKey',
          tag: 'users',
          summary: 'Makes a key for a program',
          description:
            'The program sends it as `Authorization: Bearer od_…`. It may do what is named here and its maker may do at that moment; when its maker is disabled, it no longer counts.',
          errors: ['duplicate_name', 'not_recorded'],
        },
        { body: CreateApiKey, response: { 201: ApiKeyCreated } },
      ),
    },
    async (request, reply) => {
      const { name, permissions, expires_at: expires } = request.body;
      const expiresAt = expires === null ? null : new Date(expires);
      const { apiKey, key } = await apiKeys.create(
        principalOf(request),
        { name, permissions, expiresAt },
        fromOf(request),
      );
      reply.status(201).header('cache-control', 'no-store');
      return { message: 'The key is shown this once.', api_key: toWireApiKey(apiKey), key };
    },
  );

  app.delete(
    '/api/api-keys/:id',
    {
      schema: operation(
        {
          id: 'revokeApiKey',
          tag: 'users',
          summary: 'Revokes a key',
          errors: ['not_found', 'not_recorded'],
        },
        { params: ById, response: { 200: Message } },
      ),
    },
    async (request) => {
      const by = principalOf(request);
      const key = await apiKeys.revoke(by, request.params.id, fromOf(request));
      return { message: `The key “${key.name}” was revoked.` };
    },
  );
}
