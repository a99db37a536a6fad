import { AIRCALL_BASE_URL, createAircallClient, SUBSCRIBED_EVENTS } from '@outdial/aircall';
import type { CredentialName } from '@outdial/protocol';
import type { Config } from '../config/read-config.js';
import { systemTimers } from '../platform/system-timers.js';
import {
  aircallCredentials,
  credentialsOfEnvironment,
  missingForAircall,
} from '../secrets/aircall-credentials.js';
import type { FromEnvironment } from '../secrets/credentials.js';
import { AIRCALL_WEBHOOK_PATH } from '../webhooks/aircall-webhook.js';
import { about, type Finding, wordsOf } from './finding.js';

type Aircall = Extract<Config['telephony'], { provider: 'aircall' }>;

/** `Date` headers count in seconds, and the answer was under way. */
const WRONG_CLOCK_MS = 5_000;
const ANSWER_WITHIN = 10_000;

const SET_THEM =
  'Enter them in the settings page of the running server, or set AIRCALL_API_ID, AIRCALL_API_TOKEN and AIRCALL_WEBHOOK_TOKEN.';

/** What the database holds, opened; unknown: it could not be looked into. */
export type StoredCredentials = FromEnvironment | 'unknown';

/** Takes three requests of the account's limit. */
export async function checkProvider(
  config: Pick<Config, 'telephony' | 'http'>,
  stored: StoredCredentials,
): Promise<readonly Finding[]> {
  if (config.telephony.provider === 'simulator') {
    return [about('provider').ok('the simulator: no real phone rings')];
  }
  return [
    ...(await checkAircall(config.telephony, config.http.publicUrl, stored)),
    ...(await checkPublicUrl(config.http.publicUrl)),
  ];
}

async function checkAircall(
  aircall: Aircall,
  publicUrl: string | null,
  stored: StoredCredentials,
): Promise<Finding[]> {
  const { ok, warning, problem } = about('provider');
  if (stored === 'unknown' && aircall.credentials === null) {
    return [
      warning(
        'the credentials are in the database, which could not be looked into',
        'Look at /readyz of the running server, or run this once the database can be opened.',
      ),
    ];
  }
  const environment = credentialsOfEnvironment({ telephony: aircall });
  const known = {
    value: async (name: CredentialName) =>
      environment[name] ?? (stored === 'unknown' ? null : (stored[name] ?? null)),
  };
  const missing = await missingForAircall(known, publicUrl);
  const credentials = aircall.credentials ?? (await aircallCredentials(known));
  if (credentials === null) return [problem(missing ?? '', SET_THEM)];

  const baseUrl = aircall.baseUrl ?? AIRCALL_BASE_URL;
  const { host } = new URL(baseUrl);
  const client = createAircallClient({
    baseUrl,
    credentials,
    requestsPerMinute: aircall.requestsPerMinute,
    getRetries: 0,
    timers: systemTimers,
  });
  try {
    await client.ping();
    const registered = publicUrl === null ? [] : await client.listWebhooks();
    return [
      ok(`Aircall at ${host} takes our credentials`),
      ...(publicUrl === null
        ? [
            missing === null
              ? about('webhook').ok('registered by hand, its token is set')
              : about('webhook').problem(missing, SET_THEM),
          ]
        : [webhookFinding(registered, `${publicUrl}${AIRCALL_WEBHOOK_PATH}`)]),
      ...(await clockFinding(baseUrl)),
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

async function clockFinding(baseUrl: string): Promise<Finding[]> {
  const { ok, warning } = about('clock and provider');
  const answer = await fetch(baseUrl, {
    method: 'HEAD',
    signal: AbortSignal.timeout(ANSWER_WITHIN),
    redirect: 'manual',
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

/** From here. From outside it may look different, either way. */
async function checkPublicUrl(publicUrl: string | null): Promise<Finding[]> {
  if (publicUrl === null) return [];
  const { ok, warning } = about('public address');
  const fix =
    'See that the name points here and the proxy passes /webhooks on. If only this machine cannot see it from inside, all is well.';
  try {
    const answer = await fetch(`${publicUrl}/healthz`, {
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_WITHIN),
    });
    const body: unknown = await answer.json().catch(() => null);
    const isOurs = answer.ok && (body as { status?: unknown } | null)?.status === 'ok';
    if (!isOurs) {
      return [warning(`${publicUrl} answers ${answer.status}, and not as Outdial does`, fix)];
    }
  } catch (error) {
    return [warning(`${publicUrl} cannot be reached from here: ${wordsOf(error)}`, fix)];
  }
  return publicUrl.startsWith('https:')
    ? [ok(`${publicUrl} leads to an Outdial`)]
    : [warning(`${publicUrl} is not encrypted`, 'Webhooks carry names and numbers: use https.')];
}
