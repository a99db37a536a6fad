import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { OUTCOMES, type Outcome } from '@outdial/protocol';
import { command } from '../command.js';
import { findAgent, findQueue } from '../find-by-name.js';
import { oneOf } from '../read-number.js';

export const exportHistory = command({
  words: 'history export',
  summary: 'Writes completed calls as a CSV file',
  options: {
    out: { type: 'string', value: 'FILE', what: 'Where to write. Default: the standard output' },
    from: {
      type: 'string',
      value: 'TIME',
      what: 'Ended at or after, such as 2026-11-01T00:00:00Z',
    },
    to: { type: 'string', value: 'TIME', what: 'Ended before' },
    queue: { type: 'string', value: 'QUEUE', what: 'Of this queue (name or id)' },
    'of-agent': { type: 'string', value: 'AGENT', what: 'Of this agent (name or id)' },
    outcome: { type: 'string', value: 'OUTCOME', what: `One of ${OUTCOMES.join(', ')}` },
    q: { type: 'string', value: 'TEXT', what: 'In the name and the number of the lead' },
  },
  async run({ client, options, output, terminal }) {
    const outcome = oneOf<Outcome>('outcome', options.outcome, OUTCOMES);
    const api = await client();
    const queue = options.queue === undefined ? null : await findQueue(api, options.queue);
    const ofAgent = options['of-agent'];
    const agent = ofAgent === undefined ? null : await findAgent(api, ofAgent);
    const file = await api.history.exportCsv(
      {
        from: options.from,
        to: options.to,
        queue_id: queue?.id,
        agent_id: agent?.id,
        ...(outcome !== undefined && { outcome: [outcome] }),
        q: options.q,
      },
      terminal.interrupted,
    );
    const content = Readable.fromWeb(file.content.stream() as never);
    if (options.out === undefined) {
      await pipeline(content, terminal.out, { end: false });
      return;
    }
    // The file has names and numbers: only this user can read it until they change its mode.
    await pipeline(content, createWriteStream(options.out, { mode: 0o600 }));
    output.note(`Wrote ${file.content.size} bytes to ${options.out}.`);
  },
});
