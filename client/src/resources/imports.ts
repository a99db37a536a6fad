import {
  ImportDetail,
  ImportList,
  type ImportOptions,
  ImportPreview,
  ImportStarted,
  type PageQuery,
} from '@outdial/protocol';
import type { Filters, Sent } from '../bodies.js';
import type { Request } from '../request.js';

/** A file as the browser gives it, or any blob with a name. */
export interface CsvFile {
  readonly content: Blob;
  readonly name: string;
}

function formOf(file: CsvFile, options: Filters<Sent<typeof ImportOptions>> = {}): FormData {
  const form = new FormData();
  // Fields go before the file, so that a server that streams knows them when the rows arrive.
  for (const [key, value] of Object.entries(options)) {
    if (value === undefined || value === null) continue;
    form.append(key, typeof value === 'string' ? value : JSON.stringify(value));
  }
  form.append('file', file.content, file.name);
  return form;
}

export const imports = (request: Request) => ({
  preview: (file: CsvFile) =>
    request('POST', '/api/leads/import/preview', ImportPreview, { body: formOf(file) }),
  start: (file: CsvFile, options: Filters<Sent<typeof ImportOptions>> = {}) =>
    request('POST', '/api/leads/import', ImportStarted, { body: formOf(file, options) }),
  list: (query: Filters<PageQuery> = {}, signal?: AbortSignal) =>
    request('GET', '/api/leads/imports', ImportList, { query, signal }),
  get: (id: string, query: Filters<PageQuery> = {}, signal?: AbortSignal) =>
    request('GET', `/api/leads/imports/${id}`, ImportDetail, { query, signal }),
});
