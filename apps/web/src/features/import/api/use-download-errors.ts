import type { ImportDetail } from '@outdial/protocol';
import { useMutation } from '@tanstack/react-query';
import { useClient } from '../../../data/client-context.js';
import { notifyFailed } from '../../../ui/notify.js';
import { saveFile } from '../../../ui/save-file.js';
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
      saveFile(
        `${file_name.replace(/\.csv$/i, '')}-errors.csv`,
        new Blob([errorsAsCsv(errors)], { type: 'text/csv;charset=utf-8' }),
      );
    },
    onError: notifyFailed,
  });
}
