import type { Client } from '@outdial/client';

/** How simulated phones behave from the next call on; what is not named stays. */
export async function setPractice(
  client: Client,
  changes: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { version, settings } = await client.connections.get('simulator');
  await client.connections.patch('simulator', { version, settings: { ...settings, ...changes } });
}
