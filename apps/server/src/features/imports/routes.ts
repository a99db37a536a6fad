import { Readable } from 'node:stream';

import { type ImportOptions, operations } from '@outdial/protocol';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { heldTo } from '../../access/principal.js';
import { type Handled, handle } from '../../operations/handle.js';
import { record } from '../../operations/record.js';
import { fromWirePage, pageFields } from '../../operations/to-page.js';
import { doesNotFit } from '../../platform/does-not-fit.js';
import { notFound, Refusal } from '../../platform/refusal.js';
import { refuseWhileStopping } from '../dialer/start-dialing.js';
import type { CsvRefused, HttpPorts } from '../http-ports.js';
import { filesBusy } from './files-busy.js';
import { importLinesHeading, toImportLinesRow } from './to-csv.js';
import { columnsOf, toWireImport, toWireImportDetail } from './to-wire.js';
import { toCsvFile, whileConnected } from './uploaded-file.js';

type Ports = Pick<HttpPorts, 'imports' | 'queues' | 'snapshot' | 'operations' | 'audit'>;

export function importHandlers(ports: Ports): readonly Handled[] {
  const { imports } = ports;
  return [
    handle(operations.imports.start, async (request, reply) => {
      refuseWhileStopping(ports);
      const { file, options } = toCsvFile(request.body);
      await checkQueue(ports, request, options);
      const answer = await imports.start(file, options, whileConnected(reply));
      switch (answer.kind) {
        case 'started':
          await record(ports, request, {
            action: 'import_started',
            target: { kind: 'import', id: answer.import.id },
            details: {
              file_name: answer.import.fileName,
              rows: answer.import.rowsTotal,
              duplicates: options.duplicates,
              queue_id: options.queue_id,
              queue_name: options.queue_name,
            },
          });
          return {
            message: `${answer.import.rowsTotal} rows are being imported.`,
            import: toWireImport(answer.import),
          };
        case 'invalid_csv':
          throw invalidCsv(answer);
        case 'busy':
          throw filesBusy(answer.retryAfterSeconds);
        case 'unknown_queue':
          throw notFound('queue');
        case 'invalid_option':
          throw doesNotFit([{ field: answer.field, message: answer.reason }]);
        default: {
          const never: never = answer;
          return never;
        }
      }
    }),

    handle(operations.imports.preview, async ({ body }, reply) => {
      const { file, options } = toCsvFile(body);
      const answer = await imports.preview(file, options, whileConnected(reply));
      if (answer.kind === 'invalid_csv') throw invalidCsv(answer);
      if (answer.kind === 'busy') throw filesBusy(answer.retryAfterSeconds);
      return answer.preview;
    }),

    handle(operations.imports.list, async ({ query }) => {
      const page = await imports.list(fromWirePage(query));
      return { imports: page.rows.map(toWireImport), ...pageFields(page) };
    }),

    handle(operations.imports.get, async ({ params, query }) => {
      const detail = await ports.snapshot(async (views) => {
        const view = await views.imports.get(params.id);
        return (
          view && {
            view,
            groups: await views.imports.groups(view.id),
            refused: await views.imports.lines(view.id, { fate: 'refused' }, fromWirePage(query)),
          }
        );
      });
      if (detail === null) throw notFound('import');
      return toWireImportDetail(detail.view, detail.groups, detail.refused);
    }),

    handle(operations.imports.lines, async ({ params, query }) => {
      if ((await imports.get(params.id)) === null) throw notFound('import');
      const { fate, code } = query;
      const page = await imports.lines(params.id, { fate, code }, fromWirePage(query));
      return { lines: page.rows.map((line) => ({ ...line })), ...pageFields(page) };
    }),

    handle(operations.imports.linesCsv, async (request, reply) => {
      const { params, query } = request;
      const view = await imports.get(params.id);
      if (view === null) throw notFound('import');
      const columns = columnsOf(view);
      const batches = imports.exportLines(view.id, { fate: query.fate });
      // The first batch is read before the status goes out, so that a database that is down is an error, not half a file.
      const first = await batches.next();
      await record(ports, request, {
        action: 'exported',
        target: { kind: 'import', id: view.id },
        details: { fate: query.fate },
      });
      async function* lines() {
        yield importLinesHeading(columns);
        for (let batch = first; !batch.done; batch = await batches.next()) {
          yield batch.value.map((line) => toImportLinesRow(columns, line)).join('');
        }
      }
      reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="outdial-import-lines.csv"');
      return Readable.from(lines());
    }),
  ];
}

/** What is in a queue is for those who look after queues to change. */
async function checkQueue(
  { queues }: Pick<Ports, 'queues'>,
  request: Pick<FastifyRequest, 'principal'>,
  { queue_id: queueId, queue_name: name }: z.infer<typeof ImportOptions>,
): Promise<void> {
  const held = heldTo(request, 'queues.manage');
  if (held === null) return;
  const named = name === undefined ? null : await queues.findByName(name);
  const queue = queueId ?? named?.id;
  if (queue === undefined && name === undefined) return;
  if (queue === undefined) {
    throw new Refusal(
      'forbidden',
      'You may not make a queue: it needs the permission queues.manage. Import without one, or ask an admin.',
    );
  }
  if ((await queues.get(queue, held)) === null) throw notFound('queue');
}

const invalidCsv = ({ reason }: CsvRefused): Refusal =>
  new Refusal('invalid_csv', `${reason} Nothing was stored.`, {
    errors: [{ field: 'csv', message: reason }],
  });
