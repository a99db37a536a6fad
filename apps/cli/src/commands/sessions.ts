import type { Session, SessionHeader } from '@outdial/protocol';
import { command } from '../command.js';
import { NotPossibleError, UsageError } from '../exit-codes.js';
import { findAgent, findQueue } from '../find-by-name.js';
import { details, table } from '../output.js';
import { PAGE_OPTIONS, readPages, remainder } from '../pages.js';
import { oneOf, wholeNumber } from '../read-number.js';

const SESSION = { name: 'SESSION', what: 'The id of the session, or an agent (name or id)' };
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const sessionsList = command({
  words: 'sessions list',
  summary: 'Lists sessions, the newest first',
  options: {
    status: { type: 'string', value: 'STATUS', what: 'RUNNING, PAUSED or STOPPED' },
    queue: { type: 'string', value: 'QUEUE', what: 'On this queue (name or id)' },
    ...PAGE_OPTIONS,
  },
  async run({ client, options, output }) {
    const status = oneOf('status', options.status, ['RUNNING', 'PAUSED', 'STOPPED']);
    const api = await client();
    const queue = options.queue === undefined ? undefined : await findQueue(api, options.queue);
    const page = await readPages('sessions', options, (rows) =>
      api.sessions.list({ ...rows, status, queue_id: queue?.id }),
    );
    output.result(page, () => {
      const rows = page.sessions.map((session) => [
        session.id,
        session.agent_name,
        session.queue_name,
        session.phase,
        session.metrics.attempted,
        session.metrics.connected,
        session.started_at,
      ]);
      const headings = ['ID', 'AGENT', 'QUEUE', 'PHASE', 'CALLS', 'CONNECTED', 'STARTED'];
      return table(headings, rows) + remainder(rows.length, page);
    });
  },
});

export const sessionsShow = command({
  words: 'sessions show',
  summary: 'Shows one session with its live calls',
  arguments: [SESSION],
  async run({ client, given: [text = ''], output }) {
    const api = await client();
    output.result(await api.sessions.get(await sessionIdOf(api, text)), inDetail);
  },
});

export const sessionsStart = command({
  words: 'sessions start',
  summary: 'Starts a session on a queue',
  details:
    'For the own agent, or with --agent for another one. Calls are placed only while the agent can take them: with a provider that does not\n' +
    'know whether the agent is there, a page of the agent must be open, else the session waits and pauses.',
  options: {
    queue: { type: 'string', value: 'QUEUE', what: 'Needed. The queue (name or id)' },
    lines: { type: 'string', value: 'NUMBER', what: 'Calls at the same time, 1 to 10' },
    connection: {
      type: 'string',
      value: 'ID',
      what: 'The phone system; left out: the queue’s, else the agent’s, else the default',
    },
    'after-connect': {
      type: 'string',
      value: 'WHAT',
      what: 'continue or stop, after each conversation',
    },
  },
  async run({ client, options, output }) {
    if (options.queue === undefined) throw new UsageError('--queue is needed.');
    const lines = wholeNumber('lines', options.lines, { min: 1, max: 10 });
    const afterConnect = oneOf('after-connect', options['after-connect'], ['continue', 'stop']);
    const api = await client();
    const queue = await findQueue(api, options.queue);
    const session = await api.dialer.start({
      queue_id: queue.id,
      ...(lines !== undefined && { lines }),
      ...(options.connection !== undefined && { connection_id: options.connection }),
      ...(afterConnect !== undefined && { after_connect: afterConnect }),
    });
    output.result(session, inDetail);
  },
});

const control = (wish: 'pause' | 'resume' | 'stop', summary: string) =>
  command({
    words: `sessions ${wish}`,
    summary,
    arguments: [SESSION],
    async run({ client, given: [text = ''], output }) {
      const api = await client();
      output.result(await api.sessions[wish](await sessionIdOf(api, text)), inDetail);
    },
  });

export const sessionsPause = control('pause', 'Places no new calls; live ones continue');
export const sessionsResume = control('resume', 'Continues a paused session');
export const sessionsStop = control(
  'stop',
  'Ends a session: unanswered calls are cancelled, a conversation continues',
);

/** The session itself, or the one of an agent that is not stopped. */
export async function sessionIdOf(
  api: Parameters<typeof findAgent>[0],
  text: string,
): Promise<string> {
  if (ID.test(text)) return text;
  const agent = await findAgent(api, text);
  if (agent.session_id !== null) return agent.session_id;
  throw new NotPossibleError(`${agent.name} has no session that is not stopped.`);
}

const inDetail = (session: Session): string => {
  const live = session.calls.filter(({ state }) => state !== 'COMPLETED');
  const calls = table(
    ['CALL', 'LEAD', 'PHONE', 'STATE'],
    live.map((call) => [call.id, call.lead.name, call.phone_number, call.state]),
  );
  return live.length === 0 ? summaryOf(session) : `${summaryOf(session)}\n\n${calls}`;
};

const summaryOf = (session: SessionHeader): string =>
  details({
    id: session.id,
    agent: session.agent_name,
    queue: session.queue_name,
    connection: session.connection_id,
    status: session.status,
    phase: session.phase,
    why: session.message,
    lines: session.lines,
    round: session.round,
    calls: session.metrics.attempted,
    connected: session.metrics.connected,
    started: session.started_at,
    stopped: session.stopped_at,
  });
