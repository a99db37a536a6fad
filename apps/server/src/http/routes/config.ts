import { Config, PutConfig } from '@outdial/protocol';
import type { HttpPorts } from '../http-ports.js';
import { type App, operation } from '../operation.js';
import { ProblemError } from '../problems.js';
import { toWireConfig } from '../translate/config.js';

export function configRoutes(app: App, { settings }: Pick<HttpPorts, 'settings'>): void {
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
    async ({ body }) => {
      const answer = await settings.put(body.version, body.settings);
      if (answer.kind === 'stored') return toWireConfig(answer.current);
      throw new ProblemError(
        'version_conflict',
        `The settings are at version ${answer.current.version}, not ${body.version}. Read them again, then save.`,
        { errors: [{ field: 'version', message: `is not ${answer.current.version}` }] },
      );
    },
  );
}
