import { type RunningServer, setPractice, until } from './running-server.js';

/** Numbers at which the simulator always tells the same story (integrations/simulator/README.md). */
export const ANSWERS = '+19075550110';
export const RINGS_OUT = '+19075550120';

/** One session over these numbers, until the CRM has every call. Answers the calls. */
export async function shift(server: RunningServer, phones: readonly string[], lines = 1) {
  const { settings, version } = await server.request('GET', '/api/config');
  await server.request('PUT', '/api/config', {
    version,
    settings: {
      ...settings,
      dialing: {
        ...settings.dialing,
        wrap_up_seconds: 0,
        pause_when_away_seconds: 0,
        delay_seconds: 0,
        patience_seconds: 0,
      },
    },
  });
  await setPractice(server, { talk_seconds: { min: 1, max: 2 } });
  const leadIds: string[] = [];
  for (const phone of phones) {
    const name = `Grace Hopper ${phone.slice(-2)}`;
    const created = await server.request('POST', '/api/leads', { name, phone_number: phone });
    leadIds.push(created.lead.id);
  }
  const started = await server.request('POST', '/api/dialer/start', {
    lead_ids: leadIds,
    lines,
    after_connect: 'continue',
  });
  const session = await until('the session is over and the CRM has its calls', async () => {
    const current = await server.request('GET', `/api/dialer/sessions/${started.id}`);
    const { calls } = await server.request('GET', '/api/history?limit=10');
    const synced = calls.every((call: { crm_state: string }) => call.crm_state === 'SYNCED');
    return (
      current.status === 'STOPPED' &&
      calls.length === phones.length &&
      synced && { ...current, history: calls }
    );
  });
  return session;
}
