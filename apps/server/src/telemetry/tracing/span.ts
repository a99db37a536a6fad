import type { CallState, Outcome } from '@outdial/core';

/** A stretch of time that is exported once it is over. Attributes never hold anything personal: ids, states, counts. */
export interface Span {
  readonly name: string;
  /** server: a request to us; client: a request of ours; consumer: it came to us and waited; internal: the rest. */
  readonly kind: 'server' | 'client' | 'consumer' | 'internal';
  /** Milliseconds since 1970, by the clock that the nodes agree on. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly attributes: Attributes;
  /** The kind of error that ended it, never its message, which may hold personal data. */
  readonly failure?: string | undefined;
}

export type Attributes = Readonly<
  Record<string, string | number | boolean | CallState | Outcome | undefined>
>;

/** A span that was sent, for others to point at. */
export interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
}

/**
 * Takes spans that are over. `subject` is the id of the call, session or event that the span tells of, and names its trace:
 * a UUID has as many bits as a trace id.
 */
export interface SpanSender {
  /** Below the subject's own span. */
  send(
    subject: string,
    span: Span,
    children?: readonly Span[],
    links?: readonly SentSpan[],
  ): SentSpan;
  /** The subject's own span, from its first moment to its last: the root of its trace. */
  sendWhole(subject: string, span: Span, links?: readonly SentSpan[]): void;
  /** Sends what is left, for a few seconds at most. Safe twice. */
  close(): Promise<void>;
}

/** Where the subject's trace begins, from any caller, on any node, before or after it was sent. */
export function rootOf(subject: string): SentSpan {
  const traceId = subject.replaceAll('-', '').toLowerCase();
  // The last half of a UUIDv7 is chance, and not nought, because it begins with the variant's bits.
  return { traceId, spanId: traceId.slice(16) };
}
