import { z } from 'zod';
import { createMockAircall } from './mock-aircall.js';
import { type ProgramSettings, readProgramSettings, usage } from './program-settings.js';
import { seedNumbers, seedUsers } from './seed.js';

if (process.argv.includes('--help')) {
  console.log(usage);
} else {
  await run(settingsOrExit());
}

function settingsOrExit(): ProgramSettings {
  try {
    return readProgramSettings(process.argv.slice(2), process.env);
  } catch (error) {
    console.error(error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message);
    console.error(`\n${usage}`);
    process.exit(2);
  }
}

async function run(settings: ProgramSettings): Promise<void> {
  const mock = createMockAircall({
    ...settings.options,
    users: seedUsers.map((user) => ({ ...user, wrapUpTime: settings.wrapUpTime })),
  });
  for (const fault of settings.apiFaults) mock.control.addApiFault(fault);
  const { url } = await mock.start();
  console.log(greeting(url, settings));

  const stop = () => {
    mock.close().catch((error: unknown) => {
      console.error('could not close', error);
      process.exitCode = 1;
    });
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

function greeting(url: string, settings: ProgramSettings): string {
  const { credentials, speed = 1, seed = 1 } = settings.options;
  const token = settings.webhook ? ` AIRCALL_WEBHOOK_TOKEN=${settings.webhook.token}` : '';
  return [
    `Mock Aircall on ${url}, speed ${speed}, seed ${seed}. No real phone rings.`,
    '',
    `  api id ${credentials?.apiId}, api token ${credentials?.apiToken}, bearer ${credentials?.bearer}`,
    '',
    'Agents:',
    ...seedUsers.map((user) => `  ${user.id}  ${user.email}  numbers ${user.numberIds.join(', ')}`),
    'Numbers:',
    ...seedNumbers.map((number) => `  ${number.id}  ${number.e164}  ${number.name}`),
    settings.webhook
      ? `Webhook: ${settings.webhook.url}`
      : 'Webhook: none registered; POST /v1/webhooks',
    `Control: ${url}/_mock`,
    '',
    'Start Outdial against it:',
    '',
    `  TELEPHONY=aircall AIRCALL_BASE_URL=${url} AIRCALL_API_ID=${credentials?.apiId} AIRCALL_API_TOKEN=${credentials?.apiToken}${token} npm start`,
  ].join('\n');
}
