import { about, type CheckDeps, type Finding, wordsOf } from '@outdial/kit';
import { createAircallClient } from './aircall-client.js';
import { aircallCredentials, missingForAircall } from './credentials.js';
import type { AircallSettings } from './settings.js';
import { SUBSCRIBED_EVENTS } from './webhook-events.js';

/** `Date` headers count in seconds, and the answer was under way. */
const WRONG_CLOCK_MS = 5_000;
const ANSWER_WITHIN_MS = 10_000;

const SET_THEM =
  'Enter them under Settings, Connections of the running server, or set AIRCALL_API_ID, AIRCALL_API_TOKEN and AIRCALL_WEBHOOK_TOKEN.';

/** Takes three requests of the account's limit. */
export async function checkAircall({
  settings,
  credentials,
  timers,
  fetchTo,
  webhookBase,
}: CheckDeps<AircallSettings>): Promise<readonly Finding[]> {
  const { ok, problem } = about('provider');
  const missing = await missingForAircall(credentials, webhookBase !== null);
  const known = await aircallCredentials(credentials);
  if (known === null) return [problem(missing ?? '', SET_THEM)];

  const { base_url: baseUrl, requests_per_minute: requestsPerMinute } = settings;
  const { host } = new URL(baseUrl);
  const client = createAircallClient({
    baseUrl,
    credentials: known,
    requestsPerMinute,
    getRetries: 0,
    timers,
    fetch: fetchTo([baseUrl]),
  });
  try {
    await client.ping();
    const registered = webhookBase === null ? [] : await client.listWebhooks();
    return [
      ok(`Aircall at ${host} takes our credentials`),
      ...(webhookBase === null
        ? [
            missing === null
              ? about('webhook').ok('registered by hand, its token is set')
              : about('webhook').problem(missing, SET_THEM),
          ]
        : [webhookFinding(registered, webhookBase)]),
      ...(await clockFinding(baseUrl, fetchTo([baseUrl]))),
    ];
  } catch (error) {
    return [
      problem(
        wordsOf(error),
        'Compare the API id and token (AIRCALL_API_ID and AIRCALL_API_TOKEN, or the settings page) with the key in the Aircall dashboard, and look whether this machine may reach the Internet.',
      ),
    ];
  } finally {
    await client.close();
  }
}

function webhookFinding(
  registered: readonly {
    readonly url?: string | null | undefined;
    readonly active?: boolean | null | undefined;
    readonly events?: readonly string[] | null | undefined;
  }[],
  url: string,
): Finding {
  const { ok, warning, problem } = about('webhook');
  // With the segment, which only the server can unseal. One without it is of a version before, and moves at the next start.
  const [ours, ...surplus] = registered.filter((webhook) => webhook.url?.startsWith(`${url}/`));
  const before = registered.some((webhook) => webhook.url === url);
  if (ours === undefined && before) {
    return warning(
      `${url} is registered without the secret part of its path`,
      'The server moves it when it starts; one that you registered yourself goes on working.',
    );
  }
  if (ours === undefined) {
    return warning(`${url} is not registered`, 'The server registers it when it starts.');
  }
  if (ours.active === false) {
    return problem(
      `${url} was switched off by Aircall, after too many failed deliveries`,
      'Start the server, which switches it on again every 5 minutes, and find out why deliveries failed.',
    );
  }
  const missing = SUBSCRIBED_EVENTS.filter((event) => !ours.events?.includes(event));
  if (missing.length > 0) {
    return warning(
      `does not tell of ${missing.join(', ')}`,
      'The server corrects that when it starts.',
    );
  }
  if (surplus.length > 0) {
    return warning(
      `${url} is registered ${1 + surplus.length} times, so each event comes as often`,
      'The server removes its own surplus ones; remove the others in the Aircall dashboard.',
    );
  }
  return ok(`${url} is registered and active`);
}

async function clockFinding(baseUrl: string, send: typeof fetch): Promise<Finding[]> {
  const { ok, warning } = about('clock and provider');
  const answer = await send(baseUrl, {
    method: 'HEAD',
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  }).catch(() => null);
  const told = Date.parse(answer?.headers.get('date') ?? '');
  if (Number.isNaN(told)) return [];
  const off = Math.round((Date.now() - told) / 1000);
  return [
    Math.abs(off) * 1000 > WRONG_CLOCK_MS
      ? warning(
          `${Math.abs(off)} s ${off < 0 ? 'behind' : 'ahead of'} Aircall's`,
          'Set the clock by NTP, of the database too: calls are matched with events by time.',
        )
      : ok('agree within seconds'),
  ];
}
