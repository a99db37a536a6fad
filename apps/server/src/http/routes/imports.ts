import type { ImportOptions } from '@outdial/protocol';
import {
  ImportDetail,
  ImportDetailQuery,
  ImportList,
  ImportPreview,
  ImportStarted,
  PageQuery,
} from '@outdial/protocol';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { heldTo } from '../../access/principal.js';
import { doesNotFit } from '../check-request.js';
import { CSV_BODY, IMPORT_LIMIT, readForm, toCsvFile } from '../csv-upload.js';
import type { CsvRefused, HttpPorts } from '../http-ports.js';
import { type App, ById, operation } from '../operation.js';
import { notFound, ProblemError } from '../problems.js';
import { record } from '../record.js';
import { refuseWhileStopping } from '../start-dialing.js';
import { toWireImport, toWireImportDetail } from '../translate/import.js';
import { fromWirePage, pageFields } from '../translate/page.js';

type Ports = Pick<HttpPorts, 'imports' | 'queues' | 'operations' | 'audit'>;

export function importRoutes(app: App, ports: Ports, as: 'lead' | 'contact'): void {
  const { imports } = ports;
  const base = `/api/${as}s`;
  const Word = as === 'lead' ? 'Lead' : 'Contact';

  app.post(
    `${base}/import`,
    {
      bodyLimit: IMPORT_LIMIT,
      preValidation: readForm,
      schema: operation(
        {
          id: `import${Word}s`,
          tag: 'imports',
          summary: 'Takes a CSV file in; a job turns it into leads',
          description:
            'As JSON, or as a form with the file as `file` and each option as a field (`mapping` as JSON). The answer comes ' +
            'when the whole file has been checked; `GET …/imports/{id}` and live events tell how far it is.',
          errors: ['invalid_csv', 'not_found', 'shutting_down'],
        },
        { body: CSV_BODY, response: { 201: ImportStarted } },
      ),
    },
    async (request, reply) => {
      refuseWhileStopping(ports);
      const { file, options } = toCsvFile(request.body);
      await checkQueue(ports, request, options);
      const answer = await imports.start(file, options);
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
          reply.status(201);
          return {
            message: `${answer.import.rowsTotal} rows are being imported.`,
            import: toWireImport(answer.import),
          };
        case 'invalid_csv':
          throw invalidCsv(answer);
        case 'unknown_queue':
          throw notFound('queue');
        case 'invalid_option':
          throw doesNotFit([{ field: answer.field, message: answer.reason }]);
        default: {
          const never: never = answer;
          return never;
        }
      }
    },
  );

  app.post(
    `${base}/import/preview`,
    {
      bodyLimit: IMPORT_LIMIT,
      preValidation: readForm,
      schema: operation(
        {
          id: `preview${Word}Import`,
          tag: 'imports',
          summary: 'What the file looks like, before it is imported; stores nothing',
          errors: ['invalid_csv'],
        },
        { body: CSV_BODY, response: { 200: ImportPreview } },
      ),
    },
    async ({ body }) => {
      const answer = await imports.preview(toCsvFile(body).file);
      if (answer.kind === 'invalid_csv') throw invalidCsv(answer);
      return answer.preview;
    },
  );

  app.get(
    `${base}/imports`,
    {
      schema: operation(
        {
          id: `list${Word}Imports`,
          tag: 'imports',
          summary: 'Imports, the newest first',
          errors: ['invalid_cursor'],
        },
        { querystring: PageQuery, response: { 200: ImportList } },
      ),
    },
    async ({ query }) => {
      const page = await imports.list(fromWirePage(query));
      return { imports: page.rows.map(toWireImport), ...pageFields(page) };
    },
  );

  app.get(
    `${base}/imports/:id`,
    {
      schema: operation(
        {
          id: `get${Word}Import`,
          tag: 'imports',
          summary: 'How far an import is, and which rows failed',
          errors: ['not_found', 'invalid_cursor'],
        },
        { params: ById, querystring: ImportDetailQuery, response: { 200: ImportDetail } },
      ),
    },
    async ({ params, query }) => {
      const view = await imports.get(params.id);
      if (view === null) throw notFound('import');
      return toWireImportDetail(view, await imports.errors(view.id, fromWirePage(query)));
    },
  );
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
    throw new ProblemError(
      'forbidden',
      'You may not make a queue: it needs the permission queues.manage. Import without one, or ask an admin.',
    );
  }
  if ((await queues.get(queue, held)) === null) throw notFound('queue');
}

const invalidCsv = ({ reason }: CsvRefused): ProblemError =>
  new ProblemError('invalid_csv', `${reason} Nothing was stored.`, {
    errors: [{ field: 'csv', message: reason }],
  });
