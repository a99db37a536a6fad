import { useMutation } from '@tanstack/react-query';
import { notifyFailed } from '../../../components/notify.js';
import { useClient } from '../../../data/client-context.js';
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
