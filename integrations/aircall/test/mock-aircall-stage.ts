import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  createManualClock,
  createMockAircall,
  type MockAircall,
  type MockAircallOptions,
} from '../mock/index.js';

type Json = Readonly<Record<string, unknown>>;

export interface ReceivedEvent {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly event: string;
  readonly timestamp: number;
  readonly token: string;
  readonly data: Json;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
  readonly text: string;
}

/** How the receiver treats the next deliveries: a status, or silence. */
export type ReceiverManner = number | 'silent';

/** A mock on a manual clock, a webhook receiver, and a client that only speaks HTTP. */
export interface Stage {
  readonly mock: MockAircall;
  readonly control: MockAircall['control'];
  readonly url: string;
  readonly receiverUrl: string;
  readonly received: ReceivedEvent[];
  receiver: ReceiverManner;
  eventNames(): string[];
  api(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  order(to: string, options?: { userId?: number; numberId?: number }): Promise<Answer>;
  close(): Promise<void>;
}

export const basic = `Basic ${Buffer.from('mock-id:mock-token').toString('base64')}`;

export async function openStage(
  options: MockAircallOptions & { subscribe?: boolean } = {},
): Promise<Stage> {
  const received: ReceivedEvent[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => {
      received.push({
        headers: request.headers,
        ...(JSON.parse(text) as Omit<ReceivedEvent, 'headers'>),
      });
      if (stage.receiver === 'silent') return;
      response.writeHead(stage.receiver).end();
    });
  });
  const receiverUrl = `${await listen(server)}/hook`;
  const mock = createMockAircall({
    clock: createManualClock(),
    ...(options.subscribe !== false && { webhooks: [{ url: receiverUrl, token: 'known-token' }] }),
    ...options,
  });
  const { url } = await mock.start();

  const api: Stage['api'] = async (method, path, body, headers = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: basic,
        connection: 'close',
        'content-type': 'application/json',
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') && text !== '';
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson ? (JSON.parse(text) as Json) : {},
    };
  };

  const stage: Stage = {
    mock,
    control: mock.control,
    url,
    receiverUrl,
    received,
    receiver: 200,
    eventNames: () => received.map((event) => event.event),
    api,
    order: (to, { userId = 456, numberId = 1234 } = {}) =>
      api('POST', `/v1/users/${userId}/calls`, { number_id: numberId, to }),
    async close() {
      await mock.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return stage;
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () =>
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    );
  });
}
