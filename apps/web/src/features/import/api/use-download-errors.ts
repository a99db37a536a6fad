import type { ImportDetail } from '@outdial/protocol';
import { useMutation } from '@tanstack/react-query';
import { useClient } from '../../../data/client-context.js';
import { notifyFailed } from '../../../ui/notify.js';
import { errorsAsCsv } from '../errors-as-csv.js';

/** Reads every row error, page by page, and saves them as a file. */
export function useDownloadErrors() {
  const client = useClient();
  return useMutation({
    mutationFn: async ({ id, file_name }: ImportDetail) => {
      const errors: ImportDetail['errors'] = [];
      let cursor: string | undefined;
      do {
        const page = await client.imports.get(id, { limit: 200, cursor });
        errors.push(...page.errors);
        cursor = page.next_cursor ?? undefined;
      } while (cursor !== undefined);
      save(`${file_name.replace(/\.csv$/i, '')}-errors.csv`, errorsAsCsv(errors));
    },
    onError: notifyFailed,
  });
}

function save(name: string, csv: string): void {
  const url = URL.createObjectURL(new Blob([csv], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
