import { command } from '../command.js';
import { findQueue } from '../find-by-name.js';
import { details, table } from '../output.js';
import { PAGE_OPTIONS, readPages, remainder } from '../pages.js';

export const queuesList = command({
  words: 'queues list',
  summary: 'Lists queues with how many leads wait in each',
  options: { q: { type: 'string', value: 'TEXT', what: 'In the name' }, ...PAGE_OPTIONS },
  async run({ client, options, output }) {
    const { queues } = await client();
    const page = await readPages('queues', options, (rows) =>
      queues.list({ ...rows, q: options.q }),
    );
    output.result(page, () => {
      const rows = page.queues.map(({ id, name, counts }) => [
        id,
        name,
        counts.callable,
        counts.pending,
        counts.claimed,
        counts.done,
        counts.total,
      ]);
      const headings = ['ID', 'NAME', 'CALLABLE', 'PENDING', 'CLAIMED', 'DONE', 'TOTAL'];
      return table(headings, rows) + remainder(rows.length, page);
    });
  },
});

export const queuesShow = command({
  words: 'queues show',
  summary: 'Shows one queue',
  arguments: [{ name: 'QUEUE', what: 'The name or the id of the queue' }],
  async run({ client, given: [text = ''], output }) {
    output.result(await findQueue(await client(), text), (queue) =>
      details({
        id: queue.id,
        name: queue.name,
        restricted: queue.restricted ? 'yes: only its own agents work it' : 'no',
        ...queue.counts,
        'next due at': queue.next_due_at,
        settings: Object.keys(queue.settings).length === 0 ? null : JSON.stringify(queue.settings),
        added: queue.created_at,
      }),
    );
  },
});
