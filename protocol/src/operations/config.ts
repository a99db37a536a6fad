import { Config, PutConfig } from '../settings.js';
import { operation } from './define.js';

export const config = {
  get: operation({
    id: 'getConfig',
    method: 'GET',
    path: '/api/config',
    tag: 'settings',
    summary: 'The current system settings',
    permission: ['config.read'],
    answers: { 200: Config },
  }),
  put: operation({
    id: 'putConfig',
    method: 'PUT',
    path: '/api/config',
    tag: 'settings',
    summary: 'Saves the settings as the next version',
    description: 'Open sessions keep the settings that they started with.',
    permission: ['config.manage'],
    body: PutConfig,
    answers: { 200: Config },
    errors: ['version_conflict'],
  }),
};
