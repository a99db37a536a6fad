import type {
  AgentAtCarrier,
  Availability,
  Clock,
  LookUpAnswer,
  PlaceAnswer,
  PlaceOrder,
  ProviderCallRef,
  Telephony,
  TelephonyCapabilities,
} from '@outdial/core';
import type { CampaignsAtCarrier } from '@outdial/kit';
import {
  type AircallClient,
  type AircallClientOptions,
  createAircallClient,
} from './aircall-client.js';
import { AircallError } from './aircall-error.js';
import { type AircallLog, silentLog } from './aircall-log.js';
import { createDialerCampaigns } from './dialer-campaign.js';
import { LineError } from './line-error.js';
import { lookUpCall } from './look-up.js';
import { mapAvailability } from './map-availability.js';
import { interpretEvent } from './map-call-facts.js';
import { answerOfOrder, refusalBeforeOrder, refusalOfAgent } from './place-answer.js';
import { createLines, type Line } from './resolve-line.js';
import { createWebhookRegistration, type WebhookRegistration } from './webhook-registration.js';

export interface AircallTelephonyOptions extends AircallClientOptions {
  /** The id of the connection; `aircall` when it is left out. */
  readonly name?: string;
  readonly log?: AircallLog;
  /** How long an agent's Aircall user and number are remembered. */
  readonly rememberLinesForMs?: number;
}

export interface AircallTelephony extends Telephony {
  readonly client: AircallClient;
  readonly campaigns: CampaignsAtCarrier;
  /** `url` is where Aircall is to deliver, whole; `formerUrls`: where it did. Nothing is asked before its first `check`. */
  webhookAt(url: string, formerUrls?: readonly string[]): WebhookRegistration;
  /** Ends what is under way; safe twice. */
  close(): Promise<void>;
}

export const AIRCALL = 'aircall';

/** What each one means for the dialer stands in this adapter's README. */
export const AIRCALL_CAPABILITIES: TelephonyCapabilities = {
  // One call per user; a second request while in a call is refused (reference 3.1).
  maxLinesPerAgent: 1,
  // No endpoint ends a call; only the agent does, in the Workspace (reference 0.2).
  canHangUp: false,
  // Nothing of the kind is documented; a mailbox looks like a person (reference 0.3).
  detectsMachines: false,
  // 204, no body (reference 0.1).
  returnsCallId: false,
  reportsAvailability: true,
  // The agent talks in Aircall's app; whether our page is open says nothing (reference 3).
  presenceBy: 'provider',
  reachesRealPhones: true,
};

const REMEMBER_LINES_FOR_MS = 10 * 60_000;
/** The order must go out in time, or not at all: a call is given up when it is not found (`ANSWER_WITHIN` in the core). */
const FIND_LINE_WITHIN_MS = 4_000;

export function createAircallTelephony(options: AircallTelephonyOptions): AircallTelephony {
  const log = options.log ?? silentLog;
  const clock: Clock = options.timers;
  const client = createAircallClient(options);
  const rememberForMs = options.rememberLinesForMs ?? REMEMBER_LINES_FOR_MS;
  const lines = createLines({ client, clock, rememberForMs });

  async function place(order: PlaceOrder): Promise<PlaceAnswer> {
    const askedAtMs = clock.now().getTime();
    const line = await findLine(order.agent);
    if ('kind' in line) return line;
    if (clock.now().getTime() - askedAtMs > FIND_LINE_WITHIN_MS) {
      return {
        kind: 'refused',
        because: 'later',
        message: 'Finding the agent at Aircall took long.',
      };
    }
    try {
      await client.startCall(line.userId, { numberId: line.numberId, to: order.to });
      return { kind: 'accepted', providerCallId: null };
    } catch (error) {
      const answer = await explain(error, order.agent);
      logRefusal(order, error, answer);
      return answer;
    }
  }

  async function findLine(agent: AgentAtCarrier): Promise<Line | PlaceAnswer> {
    try {
      return await lines.lineOf(agent);
    } catch (error) {
      if (error instanceof AircallError) return refusalBeforeOrder(error);
      if (error instanceof LineError) {
        return { kind: 'refused', because: 'configuration', message: error.message };
      }
      return { kind: 'refused', because: 'later', message: 'Finding the agent at Aircall failed.' };
    }
  }

  async function explain(error: unknown, agent: AgentAtCarrier): Promise<PlaceAnswer> {
    if (!(error instanceof AircallError)) {
      return {
        kind: 'unknown',
        message: 'Asking Aircall for the call failed in an unexpected way.',
      };
    }
    const answer = answerOfOrder(error);
    if (answer === 'ask_availability') return refusalOfAgent(await availability(agent));
    // An admin may have changed the agent's user or numbers since the last look-up.
    if (answer.kind === 'refused' && answer.because === 'configuration') lines.forget(agent);
    return answer;
  }

  /** The dialer logs the answer; the provider's own words would be lost otherwise, and may quote the number. */
  function logRefusal(order: PlaceOrder, error: unknown, answer: PlaceAnswer): void {
    const said = error instanceof AircallError ? error.providerText : '';
    log.warn(
      {
        callId: order.callId,
        agentId: order.agent.id,
        answer: answer.kind,
        err: error,
        pii: { to: order.to, said },
      },
      'Aircall did not take a call',
    );
  }

  async function lookUp(ref: ProviderCallRef): Promise<LookUpAnswer> {
    try {
      return await lookUpCall(ref, { client, lines, clock, skewMs: client.clockSkewMs() ?? 0 });
    } catch (error) {
      return { kind: 'unreachable', message: messageFor(error) };
    }
  }

  /**
   * Bad credentials, and an agent unknown to Aircall, are `unreachable` too: the port has no other value here,
   * the message says what to fix, and the dialer continues automatically once it is fixed.
   */
  async function availability(agent: AgentAtCarrier): Promise<Availability> {
    try {
      return mapAvailability(await client.availabilityOf(await lines.userOf(agent)));
    } catch (error) {
      if (error instanceof AircallError && error.trouble === 'not_found') lines.forget(agent);
      return { kind: 'unreachable', message: messageFor(error) };
    }
  }

  return {
    name: options.name ?? AIRCALL,
    capabilities: AIRCALL_CAPABILITIES,
    client,
    campaigns: createDialerCampaigns({ client, lines }),
    place,
    hangUp: async () => ({ kind: 'unsupported' }),
    lookUp,
    availability,
    interpret: interpretEvent,
    clockSkewMs: () => client.clockSkewMs(),
    webhookAt: (url, formerUrls = []) =>
      createWebhookRegistration({ client, url, formerUrls, log, timers: options.timers }),
    close: () => client.close(),
  };
}

function messageFor(error: unknown): string {
  const isForPeople = error instanceof AircallError || error instanceof LineError;
  return isForPeople ? error.message : 'Asking Aircall failed in an unexpected way.';
}
