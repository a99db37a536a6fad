import type { ImportRowError, ImportView, Page } from '@outdial/postgres';
import { ColumnMapping, Id, type Import, type ImportDetail } from '@outdial/protocol';
import { z } from 'zod';
import type { StoredImportOptions } from '../http-ports.js';
import { pageFields } from './page.js';
import { iso, isoOrNull } from './time.js';

/** Options were checked when they were stored; an older Outdial may have stored others. */
const StoredOptions = z.object({
  mapping: ColumnMapping.catch({}),
  queue_id: Id.nullable().catch(null),
});
const NO_OPTIONS: StoredImportOptions = { mapping: {}, queue_id: null };

export function toWireImport(view: ImportView): Import {
  const { data: options = NO_OPTIONS } = StoredOptions.safeParse(view.options);
  return {
    id: view.id,
    file_name: view.fileName,
    state: view.state,
    queue_id: options.queue_id,
    mapping: options.mapping,
    rows_total: view.rowsTotal,
    rows_done: view.rowsDone,
    created: view.createdLeads,
    updated: view.updatedLeads,
    skipped: view.skippedRows,
    failed: view.failedRows,
    error: view.error,
    created_at: iso(view.createdAt),
    finished_at: isoOrNull(view.finishedAt),
  };
}

export function toWireImportDetail(view: ImportView, errors: Page<ImportRowError>): ImportDetail {
  const { total, next_cursor } = pageFields(errors);
  return {
    ...toWireImport(view),
    errors: errors.rows.map(({ line, field, reason }) => ({ line, field, reason })),
    errors_total: total,
    next_cursor,
  };
}
