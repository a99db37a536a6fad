import type { Timers } from '@outdial/core';
import { type CarrierWatch, createRateBudget, type SharedCount } from '@outdial/kit';
import { z } from 'zod';
import { AircallError } from './aircall-error.js';
import {
  type AircallAnswer,
  type AircallCredentials,
  type AircallCredentialsNow,
  type AircallRequest,
  createAircallHttp,
} from './aircall-http.js';
import {
  type AircallCall,
  type AircallCampaign,
  type AircallCampaignNumber,
  type AircallNumber,
  type AircallUser,
  type AircallWebhook,
  availabilityShape,
  callShape,
  campaignNumberShape,
  campaignShape,
  numberShape,
  pageShape,
  userShape,
  webhookShape,
} from './aircall-shapes.js';
import { readRateLimit } from './rate-limit-headers.js';

export interface AircallClientOptions {
  /** A function is asked for each request. */
  readonly credentials: AircallCredentials | AircallCredentialsNow;
  readonly baseUrl?: string;
  /** Our share of the company-wide limit. 120 in the current reference, 60 in older texts (reference 1.3). */
  readonly requestsPerMinute?: number;
  /** Counts the requests of several processes together; left out: `requestsPerMinute` for this one alone. */
  readonly sharedCount?: SharedCount | undefined;
  readonly timeoutMs?: number;
  readonly getRetries?: number;
  readonly fetch?: typeof fetch;
  readonly watch?: CarrierWatch;
  readonly timers: Timers;
}

/**
 * The part of Aircall's API that the dialer uses, one method per request. Throws `AircallError` only. GETs are asked
 * again by themselves; nothing else ever is. Null means that Aircall surely has no such thing.
 */
export interface AircallClient {
  /** Answers when the credentials work. */
  ping(): Promise<void>;
  findUser(idOrEmail: string): Promise<AircallUser | null>;
  numbersOfUser(userId: string): Promise<readonly AircallNumber[]>;
  /** The word itself; the list of words may grow (reference 3). */
  availabilityOf(userId: string): Promise<string>;

  /** Accepted, or thrown. Sent once, whatever happens. No call id comes back (reference 3.1). */
  startCall(
    userId: string,
    order: { readonly numberId: string; readonly to: string },
  ): Promise<void>;
  findCall(callId: string): Promise<AircallCall | null>;
  /** Outbound calls of one user within a period, newest first. */
  searchOutboundCalls(search: {
    readonly userId: string;
    readonly from: Date;
    readonly to: Date;
  }): Promise<readonly AircallCall[]>;

  listWebhooks(): Promise<readonly AircallWebhook[]>;
  findWebhook(webhookId: string): Promise<AircallWebhook | null>;
  createWebhook(webhook: NewWebhook): Promise<AircallWebhook>;
  /** Switches it on and replaces its events: leaving them out would subscribe it to everything (reference 6). */
  reviveWebhook(webhookId: string, events: readonly string[]): Promise<AircallWebhook>;
  deleteWebhook(webhookId: string): Promise<void>;

  findCampaign(userId: string): Promise<AircallCampaign | null>;
  /** Creates the user's campaign, or adds to the one that is there (reference 5.3). */
  addToCampaign(userId: string, phoneNumbers: readonly string[]): Promise<void>;
  campaignNumbers(userId: string): Promise<readonly AircallCampaignNumber[] | null>;
  /** False: it was not there. */
  removeFromCampaign(userId: string, campaignNumberId: string): Promise<boolean>;
  deleteCampaign(userId: string): Promise<boolean>;

  /** Ends everything under way; safe twice. */
  /** By how much Aircall's clock is ahead of ours, ms; null: not known yet. */
  clockSkewMs(): number | null;
  close(): Promise<void>;
}

export interface NewWebhook {
  readonly url: string;
  readonly customName: string;
  readonly events: readonly string[];
}

export const AIRCALL_BASE_URL = 'https://api.aircall.io';
const REQUESTS_PER_MINUTE = 60;
const TIMEOUT_MS = 10_000;
const GET_RETRIES = 2;
/** A call that waits longer than this for its turn is better asked for again later. */
const PLACING_PATIENCE_MS = 5_000;
const PER_PAGE = '50';
/** Aircall's own ceiling is 10,000 items (reference 1.4). */
const MOST_PAGES = 200;

export function createAircallClient(options: AircallClientOptions): AircallClient {
  const { timers } = options;
  const http = createAircallHttp({
    baseUrl: options.baseUrl ?? AIRCALL_BASE_URL,
    credentials: options.credentials,
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    getRetries: options.getRetries ?? GET_RETRIES,
    watch: options.watch,
    fetch: options.fetch ?? globalThis.fetch,
    timers,
    budget: createRateBudget({
      requestsPerMinute: options.requestsPerMinute ?? REQUESTS_PER_MINUTE,
      sharedCount: options.sharedCount,
      timers,
      readLimit: readRateLimit,
    }),
  });

  async function ask<Shape extends z.ZodType>(
    request: AircallRequest,
    shape: Shape,
  ): Promise<z.output<Shape>> {
    return read(request, await http.send(request), shape);
  }

  /** Follows `next_page_link` and never trusts `total` (reference 1.4). */
  async function askForAll<Shape extends z.ZodType>(
    request: AircallRequest,
    key: string,
    shape: Shape,
  ): Promise<readonly z.output<Shape>[]> {
    const itemsShape = z.object({ [key]: z.array(shape) });
    const found: z.output<Shape>[] = [];
    let query: Readonly<Record<string, string>> = {
      ...request.query,
      page: '1',
      per_page: PER_PAGE,
    };
    for (let page = 1; page <= MOST_PAGES; page++) {
      const asked = { ...request, query };
      const answer = await http.send(asked);
      found.push(...(read(asked, answer, itemsShape)[key] ?? []));
      const next = queryOf(read(asked, answer, pageShape).meta?.next_page_link);
      if (next === null) break;
      query = { ...request.query, ...next };
    }
    return found;
  }

  const user = (userId: string) => ({ params: { user: userId } });
  const webhookBody = z.object({ webhook: webhookShape });
  const campaignRoute = '/v1/users/:user/dialer_campaign';

  return {
    async ping() {
      await ask({ method: 'GET', route: '/v1/ping' }, z.unknown());
    },

    // Users live on v2; the v1 reads were announced for removal on 2026-09-30 (reference 0.7).
    findUser: (idOrEmail) =>
      orNull(async () => {
        const request = { method: 'GET', route: '/v2/users/:user', ...user(idOrEmail) } as const;
        return (await ask(request, z.object({ user: userShape }))).user;
      }),
    numbersOfUser: (userId) =>
      askForAll(
        { method: 'GET', route: '/v2/users/:user/numbers', ...user(userId) },
        'numbers',
        numberShape,
      ),
    async availabilityOf(userId) {
      const route = '/v1/users/:user/availability';
      return (await ask({ method: 'GET', route, ...user(userId) }, availabilityShape)).availability;
    },

    async startCall(userId, order) {
      const request: AircallRequest = {
        method: 'POST',
        route: '/v1/users/:user/calls',
        ...user(userId),
        body: { number_id: Number(order.numberId), to: order.to },
        patienceMs: PLACING_PATIENCE_MS,
      };
      const answer = await http.send(request);
      // Any other success is not the one that is documented, so what it means is not known (reference 3.1).
      if (answer.status !== 204) throw unreadable(request, answer);
    },
    findCall: (callId) =>
      orNull(async () => {
        const request = {
          method: 'GET',
          route: '/v1/calls/:call',
          params: { call: callId },
        } as const;
        return (await ask(request, z.object({ call: callShape }))).call;
      }),
    searchOutboundCalls: ({ userId, from, to }) =>
      askForAll(
        {
          method: 'GET',
          route: '/v1/calls/search',
          query: {
            direction: 'outbound',
            user_id: userId,
            from: String(Math.floor(from.getTime() / 1000)),
            to: String(Math.ceil(to.getTime() / 1000)),
            order: 'desc',
          },
        },
        'calls',
        callShape,
      ),

    listWebhooks: () =>
      askForAll({ method: 'GET', route: '/v1/webhooks' }, 'webhooks', webhookShape),
    findWebhook: (webhookId) =>
      orNull(async () => {
        const params = { webhook: webhookId };
        const request = { method: 'GET', route: '/v1/webhooks/:webhook', params } as const;
        return (await ask(request, webhookBody)).webhook;
      }),
    async createWebhook({ url, customName, events }) {
      const body = { url, custom_name: customName, events };
      return (await ask({ method: 'POST', route: '/v1/webhooks', body }, webhookBody)).webhook;
    },
    async reviveWebhook(webhookId, events) {
      const request = {
        method: 'PUT',
        route: '/v1/webhooks/:webhook',
        params: { webhook: webhookId },
        body: { active: true, events },
      } as const;
      return (await ask(request, webhookBody)).webhook;
    },
    async deleteWebhook(webhookId) {
      const params = { webhook: webhookId };
      await orNull(() => http.send({ method: 'DELETE', route: '/v1/webhooks/:webhook', params }));
    },

    findCampaign: (userId) =>
      orNull(async () => {
        const request = { method: 'GET', route: campaignRoute, ...user(userId) } as const;
        return (await ask(request, z.object({ dialer_campaign: campaignShape }))).dialer_campaign;
      }),
    async addToCampaign(userId, phoneNumbers) {
      const body = { phone_numbers: phoneNumbers };
      await http.send({ method: 'POST', route: campaignRoute, ...user(userId), body });
    },
    campaignNumbers: (userId) =>
      orNull(() =>
        askForAll(
          { method: 'GET', route: `${campaignRoute}/phone_numbers`, ...user(userId) },
          'numbers',
          campaignNumberShape,
        ),
      ),
    async removeFromCampaign(userId, campaignNumberId) {
      const params = { user: userId, number: campaignNumberId };
      const route = `${campaignRoute}/phone_numbers/:number`;
      return (await orNull(() => http.send({ method: 'DELETE', route, params }))) !== null;
    },
    async deleteCampaign(userId) {
      const request = { method: 'DELETE', route: campaignRoute, ...user(userId) } as const;
      return (await orNull(() => http.send(request))) !== null;
    },

    clockSkewMs: () => http.clockSkewMs(),
    close: () => http.close(),
  };
}

function read<Shape extends z.ZodType>(
  request: AircallRequest,
  answer: AircallAnswer,
  shape: Shape,
): z.output<Shape> {
  const parsed = shape.safeParse(answer.body);
  if (parsed.success) return parsed.data;
  throw unreadable(request, answer);
}

function unreadable(request: AircallRequest, answer: AircallAnswer): AircallError {
  return new AircallError({
    trouble: 'unreadable',
    status: answer.status,
    mayTryAgain: request.method === 'GET' ? 'yes' : 'unknown',
    message: `Aircall answered in a way that is not documented (${request.method} ${request.route}: ${answer.status}).`,
    answer: answer.body,
  });
}

/**
 * Null for the application's 404. The gateway's 404 (reference 1.2) means that the path itself is unknown there, a
 * wrong base URL for instance, and says nothing about the thing asked for.
 */
async function orNull<T>(request: () => Promise<T>): Promise<T | null> {
  try {
    return await request();
  } catch (error) {
    const isNotThere =
      error instanceof AircallError && error.trouble === 'not_found' && error.fromApplication;
    if (isNotThere) return null;
    throw error;
  }
}

/** Only the query of the link is used: the credential must not follow a link to another host. */
function queryOf(link: string | null | undefined): Readonly<Record<string, string>> | null {
  if (link === null || link === undefined) return null;
  const mark = link.indexOf('?');
  return mark < 0 ? null : Object.fromEntries(new URLSearchParams(link.slice(mark + 1)));
}
