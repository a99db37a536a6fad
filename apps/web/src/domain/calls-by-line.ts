import type { Call, Session } from '@outdial/protocol';

/**
 * Which call stands on which line, for the eye: the server knows calls, not lines. Every call takes the first line that
 * was never used, else the one that has been free for longest, so a card never jumps while its call lives, and the same
 * calls always give the same picture. Calls of earlier rounds are gone from the lines.
 */
export function callsByLine(
  session: Pick<Session, 'calls' | 'lines' | 'round'>,
): Array<Call | null> {
  const lines: Array<Call | null> = Array.from({ length: session.lines }, () => null);
  const shown = session.calls.filter(
    (call) => call.state !== 'COMPLETED' || call.round === session.round,
  );
  for (const call of shown.toSorted(byPlacing)) {
    const line = freeLine(lines, call);
    if (line >= 0) lines[line] = call;
  }
  return lines;
}

const byPlacing = (a: Call, b: Call) =>
  Date.parse(a.queued_at) - Date.parse(b.queued_at) || (a.id < b.id ? -1 : 1);

function freeLine(lines: ReadonlyArray<Call | null>, next: Call): number {
  const unused = lines.indexOf(null);
  if (unused >= 0) return unused;
  let best = -1;
  let bestEnd = Number.POSITIVE_INFINITY;
  lines.forEach((call, line) => {
    if (!call?.ended_at || call.state !== 'COMPLETED') return;
    // A winner stays in sight until the next round takes all lines anew.
    const end = call.winner ? Number.MAX_VALUE : Date.parse(call.ended_at);
    if (end < bestEnd && (call.winner || end <= Date.parse(next.queued_at) + CLOCK_SLACK_MS)) {
      best = line;
      bestEnd = end;
    }
  });
  return best;
}

/** The end of a call is the provider's word, the next one's beginning ours: their clocks may differ a little. */
const CLOCK_SLACK_MS = 2_000;
