import type { Client } from '@outdial/client';

/** Lets sessions of this server run without a live page of their agent: the tests use the API only. */
export async function allowUnattendedSessions(client: Client): Promise<void> {
  const { version, settings } = await client.config.get();
  await client.config.put({
    version,
    settings: { ...settings, dialing: { ...settings.dialing, pause_when_away_seconds: 0 } },
  });
}
