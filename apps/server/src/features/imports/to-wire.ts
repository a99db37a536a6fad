import type { ImportLine, ImportLineGroup, ImportView, Page } from '@outdial/postgres';
import { ColumnMapping, Id, type Import, type ImportDetail } from '@outdial/protocol';
import { z } from 'zod';
import { pageFields } from '../../operations/to-page.js';
import { iso, isoOrNull } from '../../operations/to-time.js';
import type { ShownImportOptions } from './stored-import-options.js';

/** Options were checked when they were stored; an older Outdial may have stored others. */
const StoredOptions = z.object({
  mapping: ColumnMapping.catch({}),
  queue_id: Id.nullable().catch(null),
});
const NO_OPTIONS: ShownImportOptions = { mapping: {}, queue_id: null };

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
    suppressed: view.suppressedRows,
    failed: view.failedRows,
    incomplete: view.incompleteRows,
    error: view.error,
    created_at: iso(view.createdAt),
    finished_at: isoOrNull(view.finishedAt),
  };
}

export function toWireImportDetail(
  view: ImportView,
  groups: readonly ImportLineGroup[],
  refused: Page<ImportLine>,
): ImportDetail {
  const { total, next_cursor } = pageFields(refused);
  return {
    ...toWireImport(view),
    groups: groups.map((group) => ({ ...group, example: { ...group.example } })),
    errors: refused.rows.map(({ line, field, reason }) => ({ line, field, reason })),
    errors_total: total,
    next_cursor,
  };
}

/** The columns of the file that an import was made from, as far as they are known. */
export function columnsOf(view: ImportView): readonly string[] {
  const { data } = z.object({ columns: z.array(z.string()) }).safeParse(view.options);
  return data?.columns ?? [];
}
