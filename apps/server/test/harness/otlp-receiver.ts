import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** A span as it came over the wire, with its times in milliseconds. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly failed: boolean;
}

/** A collector that keeps what it is sent: OTLP over HTTP with JSON, as far as traces go. */
export interface OtlpReceiver {
  readonly endpoint: string;
  spans(): readonly ReceivedSpan[];
  /** Everything as it was sent, for looking for what must not be in it. */
  raw(): string;
  close(): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: what a foreign program sends is read field by field.
type Sent = any;

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    if (request.url === '/v1/traces') {
      const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
      bodies.push(text.toString('utf8'));
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    endpoint: `http://127.0.0.1:${port}`,
    spans: () => bodies.flatMap(spansOf),
    raw: () => bodies.join('\n'),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function spansOf(body: string): ReceivedSpan[] {
  const { resourceSpans } = JSON.parse(body) as Sent;
  return resourceSpans.flatMap((resource: Sent) =>
    resource.scopeSpans.flatMap((scope: Sent) => scope.spans.map(readSpan)),
  );
}

const readSpan = (span: Sent): ReceivedSpan => ({
  traceId: span.traceId,
  spanId: span.spanId,
  parentSpanId: span.parentSpanId || null,
  name: span.name,
  startMs: Number(BigInt(span.startTimeUnixNano) / 1_000n) / 1_000,
  endMs: Number(BigInt(span.endTimeUnixNano) / 1_000n) / 1_000,
  attributes: Object.fromEntries(
    span.attributes.map(({ key, value }: Sent) => [key, Object.values(value)[0]]),
  ),
  links: (span.links ?? []).map(({ traceId, spanId }: Sent) => ({ traceId, spanId })),
  failed: span.status?.code === 2,
});
