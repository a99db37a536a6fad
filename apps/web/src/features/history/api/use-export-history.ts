import { useMutation } from '@tanstack/react-query';
import { useClient } from '../../../data/client-context.js';
import { notifyFailed } from '../../../ui/notify.js';
import { saveFile } from '../../../ui/save-file.js';
import type { HistoryFilters } from './use-history.js';

/** Reads the calls that fit the filters as CSV, and saves them as a file. */
export function useExportHistory() {
  const client = useClient();
  return useMutation({
    mutationFn: (filters: HistoryFilters) => client.history.exportCsv(filters),
    onSuccess: ({ content, name }) => saveFile(name ?? 'outdial-history.csv', content),
    onError: notifyFailed,
  });
}
