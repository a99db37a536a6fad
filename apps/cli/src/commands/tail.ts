import { createLive, type LiveMessage } from '@outdial/client';
import type { Call, SessionHeader } from '@outdial/protocol';
import { command } from '../command.js';
import { EXIT, NotSignedInError } from '../exit-codes.js';
import { sessionIdOf } from './sessions.js';

export const sessionsTail = command({
  words: 'sessions tail',
  summary: 'Shows what happens in a session, as it happens, until it is stopped',
  details:
    'One line for each change; with --json one event as JSON in each line. Watching does not count as the agent being there.\n' +
    'A lost connection is made again, and what was missed is shown then.',
  arguments: [{ name: 'SESSION', what: 'The id of the session, or an agent (name or id)' }],
  async run({ client, given: [text = ''], output, terminal, token, url }) {
    const api = await client();
    const id = await sessionIdOf(api, text);
    const { out, interrupted } = terminal;
    const write = (event: string, at: string, data: Call | SessionHeader, line: string) =>
      out.write(
        output.json ? `${JSON.stringify({ event, at, data })}\n` : `${timeOf(at)}  ${line}\n`,
      );
    const lines = changedLines();

    return new Promise<number>((resolve, reject) => {
      const end = (finish: () => void) => {
        live.close();
        interrupted.removeEventListener('abort', stop);
        finish();
      };
      const stop = () => end(() => resolve(EXIT.interrupted));
      const show = (message: LiveMessage) => {
        if (message.name === 'call.updated' && message.data.session_id === id) {
          const line = lines.ofCall(message.data);
          if (line !== null) write(message.name, message.at, message.data, line);
        }
        if (message.name === 'session.updated' && message.data.id === id) {
          showSession(message.at, message.data);
        }
      };
      const showSession = (at: string, session: SessionHeader) => {
        const line = lines.ofSession(session);
        if (line !== null) write('session.updated', at, session, line);
        if (session.status === 'STOPPED') end(() => resolve(EXIT.done));
      };
      /** What is true now; also after events were lost. */
      const readNow = async () => {
        const {
          calls: _calls,
          lead_queue: _queue,
          ...session
        } = await api.sessions.get(id, interrupted);
        showSession(new Date().toISOString(), session);
      };
      const live = createLive({
        baseUrl: url,
        token,
        onEvent: show,
        onHello: ({ resumed }) => {
          if (!resumed) readNow().catch((error: unknown) => end(() => reject(error)));
        },
        onState: (state) => {
          if (state === 'lost') output.note('The connection is lost; it is made again.');
          if (state === 'refused') {
            end(() =>
              reject(new NotSignedInError('The server does not accept the sign-in any more.')),
            );
          }
        },
      });
      interrupted.addEventListener('abort', stop);
      if (interrupted.aborted) stop();
    });
  },
});

const timeOf = (at: string): string => new Date(at).toISOString().slice(11, 19);

/** The line for a change, or null where nothing of it would look different. */
function changedLines() {
  const last = new Map<string, string>();
  const changed = (id: string, line: string): string | null => {
    if (last.get(id) === line) return null;
    last.set(id, line);
    return line;
  };
  return {
    ofCall: (call: Call) =>
      changed(
        call.id,
        [
          'call   ',
          call.outcome ?? call.state,
          `${call.lead.name} ${call.phone_number}`,
          ...(call.disposition === null ? [] : [call.disposition]),
        ].join('  '),
      ),
    ofSession: (session: SessionHeader) =>
      changed(
        session.id,
        [
          'session',
          session.phase,
          `round ${session.round}, ${session.active_call_ids.length} live, ` +
            `${session.metrics.connected} of ${session.metrics.attempted} connected`,
          ...(session.message === null ? [] : [session.message]),
        ].join('  '),
      ),
  };
}
