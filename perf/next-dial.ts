import type { Bench } from './figures.js';
import { measureAtHundred, type Stopwatch } from './latency.js';

export const bench: Bench = {
  title: 'Next dial',
  about:
    'From the moment that the provider’s event about the end of a call is handed to the program (as its webhook’s body would be) to the next ' +
    'place request for the same agent, one line each, delay and wrap-up zero, at about 100 calls a second on PostgreSQL: store, apply, ' +
    'claim, place.',
  minutesAtMost: 8,

  run: (options) =>
    measureAtHundred(
      options,
      { what: 'event to next place request', lines: 1, stopwatch },
      { p50: 15, p99: 100 },
    ),
};

function stopwatch(): Stopwatch {
  const agentOf = new Map<string, string>();
  const endedAt = new Map<string, number>();
  const milliseconds: number[] = [];
  return {
    milliseconds,
    told(what, callId, at) {
      const agentId = agentOf.get(callId);
      if (what !== 'ended' || agentId === undefined) return;
      agentOf.delete(callId);
      endedAt.set(agentId, at);
    },
    placed(callId, agentId, at) {
      agentOf.set(callId, agentId);
      const ended = endedAt.get(agentId);
      if (ended !== undefined) milliseconds.push(at - ended);
      endedAt.delete(agentId);
    },
    hungUp: () => undefined,
  };
}
