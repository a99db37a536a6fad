import { Config, PutConfig } from '@outdial/protocol';
import { changedFields } from '../../access/changed-fields.js';
import type { HttpPorts } from '../http-ports.js';
import { type App, operation } from '../operation.js';
import { ProblemError } from '../problems.js';
import { record } from '../record.js';
import { toWireConfig } from '../translate/config.js';

export function configRoutes(app: App, ports: Pick<HttpPorts, 'settings' | 'audit'>): void {
  const { settings } = ports;

  app.get(
    '/api/config',
    {
      schema: operation(
        { id: 'getConfig', tag: 'settings', summary: 'The system settings in force' },
        { response: { 200: Config } },
      ),
    },
    async () => toWireConfig(await settings.current()),
  );

  app.put(
    '/api/config',
    {
      schema: operation(
        {
          id: 'putConfig',
          tag: 'settings',
          summary: 'Saves the settings as the next version',
          description: 'Sessions under way keep the settings that they were started with.',
          errors: ['version_conflict'],
        },
        { body: PutConfig, response: { 200: Config } },
      ),
    },
    async (request) => {
      const { body } = request;
      const before = await settings.current();
      const answer = await settings.put(body.version, body.settings);
      if (answer.kind === 'stored') {
        // Nobody saved in between: then this version would not have been the next.
        await record(ports, request, {
          action: 'config_changed',
          target: { kind: 'config', id: String(answer.current.version) },
          details: { ...changedFields(before.settings, answer.current.settings) },
        });
        return toWireConfig(answer.current);
      }
      throw new ProblemError(
        'version_conflict',
        `The settings are at version ${answer.current.version}, not ${body.version}. Read them again, then save.`,
        { errors: [{ field: 'version', message: `is not ${answer.current.version}` }] },
      );
    },
  );
}
