/**
 * Aircall as a load, in a process of its own: told by message where to deliver, it delivers for so many seconds over so many
 * connections, each event with a key of its own, and answers what came of it.
 */
import { readFileSync } from 'node:fs';
import autocannon from 'autocannon';

export interface Load {
  readonly url: string;
  readonly seconds: number;
  readonly connections: number;
  readonly token: string;
  /** Calls with these numbers are reported first; no two loads have one in common. */
  readonly firstCall: number;
  /** At most; as many as are taken when left out. */
  readonly perSecond?: number;
}

export interface Delivered {
  /** Answered with 2xx. */
  readonly accepted: number;
  readonly others: number;
  readonly perSecond: number;
  readonly p99: number;
}

/** The events of one call, as Aircall sends them: about 1.5 kB each. */
const fixture = new URL(
  '../../integrations/aircall/fixtures/outbound-answered.json',
  import.meta.url,
);

process.on('message', (load: Load) => {
  void deliver(load).then((delivered) => process.send?.(delivered));
});

async function deliver(load: Load): Promise<Delivered> {
  const { url, seconds, connections, token, firstCall, perSecond } = load;
  const events = eventsOfCalls(token);
  let next = firstCall * events.length;
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    ...(perSecond !== undefined && { overallRate: perSecond }),
    requests: [
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        setupRequest: (request) => {
          const event = events[next % events.length] as (call: number) => string;
          const call = Math.floor(next / events.length);
          next += 1;
          return { ...request, body: event(call) };
        },
      },
    ],
  });
  return {
    accepted: result['2xx'],
    others: result.non2xx + result.errors + result.timeouts,
    perSecond: result['2xx'] / result.duration,
    p99: result.latency.p99,
  };
}

/** One function for each event of a call; a call's id is its number. */
function eventsOfCalls(token: string): ((call: number) => string)[] {
  const recorded = JSON.parse(readFileSync(fixture, 'utf8')) as {
    token: string;
    data: { id: number };
  }[];
  return recorded.map((event) => {
    const text = JSON.stringify({ ...event, token });
    const parts = text.split(String(event.data.id));
    return (call) => parts.join(String(800_000_000 + call));
  });
}
