import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ApiFaultInput, EventFaults, FateInput, MockCall, Order } from '@outdial/aircall/mock';
import type { Environment } from '../server/outdial-server.js';
import type { AccountPlan } from './aircall-account-plan.js';
import { fromSource } from './from-source.js';

const PROGRAM = fileURLToPath(new URL('./aircall-account-program.ts', import.meta.url));

/** The provider in a process of its own: it goes on with its calls whatever becomes of ours. */
export interface AircallAccount {
  readonly plan: AccountPlan;
  /** What a node must be told to work with it; its webhook it registers itself. */
  env(publicUrl: string): Environment;
  /** Every call it carried, and every order for one that it took or refused. */
  books(): Promise<ProviderBooks>;
  setEventFaults(faults: Partial<EventFaults>): Promise<void>;
  addApiFault(fault: ApiFaultInput): Promise<void>;
  clearApiFaults(): Promise<void>;
  /** How often the faults have struck so far. */
  strikes(): Promise<number>;
  scriptFate(phone: string, ...fates: readonly FateInput[]): Promise<void>;
  /** Every call is over and told of, and no event is on its way. */
  hasNothingToSay(): Promise<boolean>;
  close(): Promise<void>;
}

export interface ProviderBooks {
  readonly calls: readonly MockCall[];
  readonly orders: readonly Order[];
}

/** A day at the phones that is over soon: most people answer at once, talk briefly, and no phone rings for long. */
const QUICK: AccountPlan = {
  agents: 3,
  seed: 1,
  speed: 25,
  requestsPerMinute: 1_000_000,
  fates: {
    weights: { answered: 50, noAnswer: 25, busy: 15, mailbox: 10 },
    answerAfterSeconds: [4, 20],
    talkSeconds: [10, 60],
    ringSeconds: [15, 28],
  },
  eventFaults: {},
};

export async function openAircallAccount(wanted: Partial<AccountPlan>): Promise<AircallAccount> {
  const plan: AccountPlan = { ...QUICK, ...wanted };
  const child = spawn(
    process.execPath,
    [...fromSource({ packages: true }), PROGRAM, JSON.stringify(plan)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const ended = once(child, 'exit');
  const [line] = (await Promise.race([
    once(createInterface(child.stdout), 'line'),
    ended.then(() => Promise.reject(new Error('The Aircall account did not open.'))),
  ])) as [string];
  const { url, apiId, apiToken } = JSON.parse(line) as Record<'url' | 'apiId' | 'apiToken', string>;

  async function control<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${url}/_mock${path}`, {
      method,
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  return {
    plan,
    env: (publicUrl) => ({
      TELEPHONY: 'aircall',
      AIRCALL_BASE_URL: url,
      AIRCALL_API_ID: apiId,
      AIRCALL_API_TOKEN: apiToken,
      AIRCALL_REQUESTS_PER_MINUTE: '1000000',
      PUBLIC_URL: publicUrl,
    }),
    async books() {
      const { calls } = await control<{ calls: MockCall[] }>('GET', '/calls');
      return { calls, orders: await control<Order[]>('GET', '/orders') };
    },
    setEventFaults: async (faults) => void (await control('PATCH', '/event-faults', faults)),
    addApiFault: async (fault) => void (await control('POST', '/api-faults', fault)),
    clearApiFaults: async () => void (await control('DELETE', '/api-faults')),
    strikes: async () =>
      (await control<{ struck: number }[]>('GET', '/api-faults')).reduce(
        (sum, { struck }) => sum + struck,
        0,
      ),
    scriptFate: async (phone, ...fates) =>
      void (await control('PUT', `/fates/${encodeURIComponent(phone)}`, { fates })),
    async hasNothingToSay() {
      const { calls } = await control<{ calls: MockCall[] }>('GET', '/calls');
      if (calls.some(({ completed }) => !completed)) return false;
      const deliveries = await control<{ state: string }[]>('GET', '/deliveries');
      return deliveries.every(({ state }) => state !== 'waiting');
    },
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}
