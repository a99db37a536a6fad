import { ApiKeyCreated, ApiKeyList, CreateApiKey } from '../accounts.js';
import { ById, PageQuery } from '../common.js';
import { Message } from '../health.js';
import { operation } from './define.js';

export const apiKeys = {
  list: operation({
    id: 'listApiKeys',
    method: 'GET',
    path: '/api/api-keys',
    tag: 'users',
    summary: 'API keys, newest first, including revoked keys',
    permission: ['api_keys.manage'],
    query: PageQuery,
    answers: { 200: ApiKeyList },
    errors: ['invalid_cursor'],
  }),
  create: operation({
    id: 'createApiKey',
    method: 'POST',
    path: '/api/api-keys',
    tag: 'users',
    summary: 'Creates an API key',
    description:
      'The program sends it as `Authorization: Bearer od_…`. The key has the permissions named here that its creator also has at that moment; it is invalid while its creator is disabled.',
    permission: ['api_keys.manage'],
    body: CreateApiKey,
    answers: { 201: ApiKeyCreated },
    errors: ['duplicate_name', 'not_recorded'],
  }),
  revoke: operation({
    id: 'revokeApiKey',
    method: 'DELETE',
    path: '/api/api-keys/:id',
    tag: 'users',
    summary: 'Revokes an API key',
    permission: ['api_keys.manage'],
    params: ById,
    answers: { 200: Message },
    errors: ['not_found', 'not_recorded'],
  }),
};
