import { command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { table } from '../output.js';

export const connectionsList = command({
  words: 'connections list',
  summary: 'Lists the connected phone systems with their state',
  async run({ client, output }) {
    const list = await (await client()).connections.list();
    output.result(list, ({ connections }) =>
      table(
        ['ID', 'NAME', 'SYSTEM', 'STATE', 'DEFAULT', 'PROBLEM'],
        connections.map((it) => [
          it.id,
          it.label,
          it.is_practice ? 'practice' : it.integration_label,
          it.state,
          it.is_default ? 'yes' : '',
          it.problem ?? '',
        ]),
      ),
    );
  },
});

export const connectionsTest = command({
  words: 'connections test',
  summary: 'Asks a phone system whether it can be reached with its credentials',
  details:
    'Without an id, every enabled connection is tested. Ends with 8 when one of them has a problem.',
  options: { id: { type: 'string', value: 'ID', what: 'One connection; see `connections list`' } },
  async run({ client, options, output }) {
    const { connections } = await client();
    const ids =
      options.id === undefined
        ? (await connections.list()).connections.flatMap((it) => (it.enabled ? it.id : []))
        : [options.id];
    const tested: { id: string; ok: boolean; message: string }[] = [];
    for (const id of ids) {
      output.progress(`Testing ${id} …`);
      const { ok, message } = await connections.test(id);
      tested.push({ id, ok, message });
    }
    output.result({ connections: tested }, () =>
      table(
        ['ID', 'RESULT', 'MESSAGE'],
        tested.map(({ id, ok, message }) => [id, ok ? 'ok' : 'problem', message]),
      ),
    );
    return tested.every(({ ok }) => ok) ? EXIT.done : EXIT.findings;
  },
});
