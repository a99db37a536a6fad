import {
  ByCredentialName,
  CredentialList,
  CredentialResult,
  SetCredential,
} from '../credentials.js';
import { Message } from '../health.js';
import { operation } from './define.js';

export const credentials = {
  list: operation({
    id: 'listCredentials',
    method: 'GET',
    path: '/api/credentials',
    tag: 'security',
    summary: 'The credentials with their source and author, without their values',
    permission: ['credentials.manage'],
    answers: { 200: CredentialList },
  }),
  set: operation({
    id: 'setCredential',
    method: 'PUT',
    path: '/api/credentials/:name',
    tag: 'security',
    summary: 'Stores a credential, encrypted',
    description: 'All nodes use it within seconds, without a restart.',
    permission: ['credentials.manage'],
    params: ByCredentialName,
    body: SetCredential,
    answers: { 200: CredentialResult },
    errors: ['set_in_environment', 'not_recorded'],
  }),
  remove: operation({
    id: 'removeCredential',
    method: 'DELETE',
    path: '/api/credentials/:name',
    tag: 'security',
    summary: 'Removes a stored credential',
    permission: ['credentials.manage'],
    params: ByCredentialName,
    answers: { 200: Message },
    errors: ['not_found', 'set_in_environment', 'not_recorded'],
  }),
};
