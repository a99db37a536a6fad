import { randomUUID } from 'node:crypto';
import {
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type IdGenerator,
  RandomIdGenerator,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-base';
import { guardedAgent } from '../../platform/guarded-fetch.js';
import { rootOf, type SentSpan, type Span, type SpanSender } from './span.js';

const SEND_EVERY_MS = 1_000;
/** About a minute of a busy node; more are dropped, as a collector that is away must not fill our memory. */
const MOST_UNSENT = 20_000;
const ANSWER_WITHIN = 5_000;
const WARN_EVERY_MS = 5 * 60_000;

const KINDS = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
} as const;

/**
 * Sends spans over OTLP/HTTP to `<endpoint>/v1/traces`, in batches. A collector that does not answer costs spans and
 * nothing else: a warning every five minutes at most.
 */
export function createOtlpSender(options: {
  readonly endpoint: string;
  readonly version: string;
  readonly log: { warn(fields: object, message: string): void };
}): SpanSender {
  const ids = chosenIds();
  const exporter = new OTLPTraceExporter({
    url: `${options.endpoint}/v1/traces`,
    timeoutMillis: ANSWER_WITHIN,
    httpAgentOptions: () => guardedAgent(options.endpoint),
  });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({
      'service.name': 'outdial',
      'service.version': options.version,
      'service.instance.id': randomUUID(),
    }),
    idGenerator: ids,
    spanProcessors: [
      new BatchSpanProcessor(warned(exporter, options.log), {
        scheduledDelayMillis: SEND_EVERY_MS,
        maxQueueSize: MOST_UNSENT,
        exportTimeoutMillis: ANSWER_WITHIN,
      }),
    ],
  });
  const tracer = provider.getTracer('outdial', options.version);

  function write(span: Span, parent: SentSpan | null, links: readonly SentSpan[]): SentSpan {
    const within =
      parent === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, contextOf(parent));
    const written = tracer.startSpan(
      span.name,
      {
        kind: KINDS[span.kind],
        startTime: span.startedAt,
        attributes: span.attributes,
        links: links.map((link) => ({ context: contextOf(link) })),
        root: parent === null,
      },
      within,
    );
    if (span.failure !== undefined) {
      written.setAttribute('error.type', span.failure);
      written.setStatus({ code: SpanStatusCode.ERROR });
    }
    written.end(span.endedAt);
    return written.spanContext();
  }

  let closing: Promise<void> | undefined;
  return {
    send(subject, span, children = [], links = []) {
      const sent = write(span, rootOf(subject), links);
      for (const child of children) write(child, sent, []);
      return sent;
    },
    sendWhole(subject, span, links = []) {
      ids.chosen = rootOf(subject);
      write(span, null, links);
      ids.chosen = null;
    },
    close() {
      // What cannot be sent has been warned of already.
      closing ??= provider.shutdown().catch(() => undefined);
      return closing;
    },
  };
}

const contextOf = (span: SentSpan): SpanContext => ({
  ...span,
  traceFlags: TraceFlags.SAMPLED,
  isRemote: true,
});

/** Random ids, but for the root that is being written. */
function chosenIds(): IdGenerator & { chosen: SentSpan | null } {
  const random = new RandomIdGenerator();
  return {
    chosen: null,
    generateTraceId() {
      return this.chosen?.traceId ?? random.generateTraceId();
    },
    generateSpanId() {
      return this.chosen?.spanId ?? random.generateSpanId();
    },
  };
}

function warned(
  exporter: SpanExporter,
  log: { warn(fields: object, message: string): void },
): SpanExporter {
  let warnedAt = Number.NEGATIVE_INFINITY;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        // 0 is success in the exporters' own words.
        const now = performance.now();
        if (result.code !== 0 && now - warnedAt > WARN_EVERY_MS) {
          warnedAt = now;
          log.warn({ err: result.error, spans: spans.length }, 'traces could not be sent');
        }
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    ...(exporter.forceFlush && { forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve() }),
  };
}
