import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { verifyWebhook } from '../src/index.js';

/** What a delivery left behind, as the inbox would hold it. */
export interface StoredEvent {
  readonly dedupeKey: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** The server's webhook route in small: verifies, stores what is new, answers. */
export interface DeliveryDesk {
  readonly url: string;
  readonly stored: readonly StoredEvent[];
  /** How many deliveries were turned away. */
  readonly refused: () => number;
  close(): Promise<void>;
}

export async function openDeliveryDesk(tokens: () => readonly string[]): Promise<DeliveryDesk> {
  const stored: StoredEvent[] = [];
  let refused = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const verified = verifyWebhook(Buffer.concat(chunks), tokens());
      if (!verified.ok) refused += 1;
      else if (stored.every(({ dedupeKey }) => dedupeKey !== verified.dedupeKey)) {
        stored.push({ dedupeKey: verified.dedupeKey, payload: verified.payload });
      }
      response.writeHead(verified.ok ? 200 : 401).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/webhooks/aircall`,
    stored,
    refused: () => refused,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
