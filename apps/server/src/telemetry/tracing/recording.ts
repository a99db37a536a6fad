import { AsyncLocalStorage } from 'node:async_hooks';
import type { Attributes, SentSpan, Span, SpanSender } from './span.js';

/**
 * One piece of work (a job, a request) while it runs. It is sent when it is over, because only then is it known which call
 * or session it was about: a provider's event names its call in its payload, a request makes the session it starts.
 */
export class Recording {
  readonly #startedAt: number;
  readonly #startedTicks = performance.now();
  readonly #steps: Span[] = [];
  readonly #claims: { callId: string; span: Span }[] = [];
  #callId: string | undefined;
  #sessionId: string | undefined;
  #otherwise: string | undefined;

  /** `now`: milliseconds by the agreed clock. `otherwise`: the trace it belongs to if it touches no call and no session. */
  constructor(now: number, otherwise?: string) {
    this.#startedAt = now;
    this.#otherwise = otherwise;
  }

  get startedAt(): number {
    return this.#startedAt;
  }

  /** Finer than the clock, which counts whole milliseconds. */
  now(): number {
    return this.#startedAt + (performance.now() - this.#startedTicks);
  }

  aboutCall(callId: string): void {
    this.#callId ??= callId;
  }

  aboutSession(sessionId: string): void {
    this.#sessionId ??= sessionId;
  }

  add(step: Span): void {
    this.#steps.push(step);
  }

  claimed(callId: string, span: Span): void {
    this.#claims.push({ callId, span });
  }

  /** A call's work stands in the call's trace, a session's in the session's, and what concerns neither is not sent. */
  end(
    sender: SpanSender,
    told: {
      name: string;
      kind: Span['kind'];
      attributes: Attributes;
      failure?: string | undefined;
    },
  ): void {
    const subject = this.#callId ?? this.#sessionId ?? this.#otherwise;
    if (subject === undefined) return;
    const whole: Span = {
      name: told.name,
      kind: told.kind,
      startedAt: this.#startedAt,
      endedAt: this.now(),
      attributes: { ...told.attributes, 'outdial.session.id': this.#sessionId },
      failure: told.failure,
    };
    const sent: SentSpan = sender.send(subject, whole, this.#steps);
    for (const { callId, span } of this.#claims) sender.send(callId, span, [], [sent]);
  }
}

/** The work that the code running now belongs to. */
export const recording = new AsyncLocalStorage<Recording>();

export const failureOf = (error: unknown): string =>
  error instanceof Error ? error.name : typeof error;
