import type { Bench } from './figures.js';
import { measureAtHundred, type Stopwatch } from './latency.js';

const LINES = 3;

export const bench: Bench = {
  title: 'First connect',
  about:
    'From the moment that the provider’s event that a person answered is handed to the program to each request to hang up one of the agent’s ' +
    `other lines (${LINES} lines each), at about 100 calls a second on PostgreSQL, or 0.7 of what the machine can do: store, decide on the winner, ask.`,
  minutesAtMost: 8,
  takesCommitMs: true,

  run: (options) =>
    measureAtHundred(
      options,
      { what: 'event to cancel request', lines: LINES, stopwatch },
      { p99: 50, commits: 3 },
    ),
};

function stopwatch(): Stopwatch {
  const agentOf = new Map<string, string>();
  const answered = new Map<string, { readonly callId: string; readonly at: number }>();
  const milliseconds: number[] = [];
  return {
    milliseconds,
    told(what, callId, at) {
      const agentId = agentOf.get(callId);
      if (agentId === undefined) return;
      if (what === 'ended') agentOf.delete(callId);
      else if (!answered.has(agentId)) answered.set(agentId, { callId, at });
    },
    placed(callId, agentId) {
      agentOf.set(callId, agentId);
      // Its next round: the last one's winner is history.
      answered.delete(agentId);
    },
    hungUp(callId, agentId, at) {
      const winner = answered.get(agentId);
      // A mailbox is hung up on as well, and is no loser.
      if (winner !== undefined && winner.callId !== callId) milliseconds.push(at - winner.at);
    },
  };
}
