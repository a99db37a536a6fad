import type { Bench } from './figures.js';
import { measureAtHundred, type Stopwatch } from './latency.js';

export const bench: Bench = {
  title: 'Next dial',
  about:
    'From the moment that the provider’s event about the end of a call is handed to the program (as its webhook’s body would be) to the next ' +
    'place request for the same agent, one line each, delay and wrap-up zero, at about 100 calls a second on PostgreSQL, or 0.7 of what the ' +
    'machine can do: store, apply, claim, place.',
  cause:
    'One commit follows the other, but the second is a claim of four round trips (begin, pick, write, commit), each of which waits for a core on a busy ' +
    'machine: about two thirds of the time, beside one third for the decision about the event.',
  minutesAtMost: 8,
  takesCommitMs: true,

  run: (options) =>
    measureAtHundred(
      options,
      { what: 'event to next place request', lines: 1, stopwatch },
      { p50: 15, p99: 100, commits: 4 },
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
