import Fastify, { type FastifyInstance } from 'fastify';
import { ApiFaults } from './api-faults.js';
import { addApiGate } from './api-gate.js';
import type { Behaviour, DeepPartial, EventFaults } from './behaviour.js';
import { CallLife } from './call-life.js';
import { CallPayloads } from './call-payload.js';
import { Calls } from './calls.js';
import { Chance } from './chance.js';
import { type MockClock, systemClock } from './clock.js';
import { Contacts } from './contacts.js';
import { type ControlState, MockControl } from './control.js';
import { type Credentials, defaultCredentials } from './credentials.js';
import { Deliveries } from './deliveries.js';
import { DialerCampaigns } from './dialer-campaigns.js';
import { Events } from './events.js';
import { Fates } from './fates.js';
import { addHttpManners } from './http-manners.js';
import { type MockNumber, Numbers } from './numbers.js';
import { OrderLog } from './order-log.js';
import { Pace } from './pace.js';
import { RateLimit } from './rate-limit.js';
import { RequestLog } from './request-log.js';
import { accountRoutes } from './routes/account.js';
import { callActionRoutes } from './routes/call-actions.js';
import { callRoutes } from './routes/calls.js';
import { contactRoutes } from './routes/contacts.js';
import { dialerCampaignRoutes } from './routes/dialer-campaign.js';
import { mockControlRoutes } from './routes/mock-control.js';
import { numberRoutes } from './routes/numbers.js';
import { tagRoutes } from './routes/tags.js';
import { teamRoutes } from './routes/teams.js';
import { userCallRoutes } from './routes/user-calls.js';
import { userRoutes } from './routes/users.js';
import { webhookRoutes } from './routes/webhooks.js';
import {
  seedContacts,
  seedCreatedAt,
  seedNumbers,
  seedTags,
  seedTeams,
  seedUsers,
} from './seed.js';
import { Settings } from './settings.js';
import { Tags } from './tags.js';
import { Teams } from './teams.js';
import { type SeedUser, Users } from './users.js';
import { type NewWebhook, Webhooks } from './webhooks.js';
import { WrapUps } from './wrap-ups.js';

export interface MockAircallOptions {
  /** 0 picks a free port, which is the default. */
  readonly port?: number;
  readonly host?: string;
  /** Real time by default; `createManualClock()` for tests that move time by hand. */
  readonly clock?: MockClock;
  /** Divides every delay of the provider. Durations and timestamps inside a call keep their full length. */
  readonly speed?: number;
  readonly seed?: number;
  readonly credentials?: Credentials;
  readonly users?: readonly SeedUser[];
  readonly numbers?: readonly MockNumber[];
  readonly firstCallId?: number;
  readonly behaviour?: DeepPartial<Behaviour>;
  readonly eventFaults?: Partial<EventFaults>;
  /** Registered before the start; only these may carry a token chosen by us. */
  readonly webhooks?: readonly NewWebhook[];
}

export interface MockAircall {
  readonly control: MockControl;
  readonly credentials: Credentials;
  start(): Promise<{ url: string }>;
  /** Safe twice. Hanging connections are cut. */
  close(): Promise<void>;
}

/** A server that behaves as the Aircall reference says; see README.md for how to use it. */
export function createMockAircall(options: MockAircallOptions = {}): MockAircall {
  const clock = options.clock ?? systemClock;
  const seed = options.seed ?? 1;
  const credentials = options.credentials ?? defaultCredentials;
  const pace = new Pace(clock, options.speed ?? 1);
  const settings = new Settings(options.behaviour, options.eventFaults);

  // One stream of chance per subject, so that switching a fault on does not change the fates of the calls.
  const chanceOf = {
    fates: new Chance(seed),
    calls: new Chance(seed + 1),
    events: new Chance(seed + 2),
    api: new Chance(seed + 3),
  };
  // Not restarted on reset: webhooks survive it, and their ids must stay unique.
  const webhooks = new Webhooks(new Chance(seed + 4));

  const users = new Users(options.users ?? seedUsers, seedCreatedAt);
  const numbers = new Numbers(options.numbers ?? seedNumbers);
  const tags = new Tags(seedTags);
  const teams = new Teams(seedTeams);
  const createdAtMs = Date.parse(seedCreatedAt);
  const contacts = new Contacts(
    seedContacts.map((contact) => ({ ...contact, createdAt: createdAtMs, updatedAt: createdAtMs })),
  );
  const calls = new Calls(options.firstCallId ?? 780_000_001);
  const campaigns = new DialerCampaigns();
  const fates = new Fates(chanceOf.fates);
  const orders = new OrderLog();
  const requests = new RequestLog();
  const rateLimit = new RateLimit(pace, settings);
  const apiFaults = new ApiFaults(chanceOf.api);
  const payloads = new CallPayloads({ users, numbers, tags, contacts, settings });
  const deliveries = new Deliveries(pace, settings, webhooks);
  const events = new Events({
    pace,
    settings,
    webhooks,
    deliveries,
    payloads,
    chance: chanceOf.events,
  });
  const wrapUps = new WrapUps(pace, settings, events);
  const life = new CallLife({
    pace,
    settings,
    chance: chanceOf.calls,
    fates,
    calls,
    users,
    numbers,
    events,
    wrapUps,
  });

  const state: ControlState = {
    clock,
    pace,
    settings,
    chances: Object.values(chanceOf),
    users,
    numbers,
    tags,
    teams,
    contacts,
    calls,
    campaigns,
    fates,
    life,
    wrapUps,
    webhooks,
    deliveries,
    events,
    apiFaults,
    rateLimit,
    orders,
    requests,
  };
  const control = new MockControl(state);
  for (const webhook of options.webhooks ?? []) webhooks.add(webhook, clock.now());

  const api = async (app: FastifyInstance): Promise<void> => {
    addApiGate(app, { pace, settings, credentials, rateLimit, faults: apiFaults, requests });
    accountRoutes(app, { users, numbers });
    userRoutes(app, { users, numbers, settings });
    userCallRoutes(app, { pace, settings, users, numbers, life, orders, campaigns });
    dialerCampaignRoutes(app, { pace, users, campaigns, settings });
    numberRoutes(app, { numbers, users, settings });
    callRoutes(app, { pace, calls, payloads, settings });
    callActionRoutes(app, { calls, users, teams, tags, numbers, life, events, payloads, settings });
    tagRoutes(app, { tags, calls, settings, createdAtMs });
    teamRoutes(app, { teams, users, settings });
    contactRoutes(app, { pace, contacts, events, settings });
    webhookRoutes(app, { pace, webhooks, settings });
  };

  let app: FastifyInstance | undefined;
  return {
    control,
    credentials,
    async start() {
      app = Fastify({ forceCloseConnections: true, routerOptions: { maxParamLength: 200 } });
      addHttpManners(app, clock);
      mockControlRoutes(app, control);
      await app.register(api);
      const url = await app.listen({ port: options.port ?? 0, host: options.host ?? '127.0.0.1' });
      return { url };
    },
    async close() {
      pace.cancelAll();
      deliveries.reset();
      const closing = app;
      app = undefined;
      await closing?.close();
      // A request that was underway may have set new timers.
      pace.cancelAll();
    },
  };
}
