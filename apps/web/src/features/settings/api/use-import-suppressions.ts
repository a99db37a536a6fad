import type { ImportSuppressionsOptions } from '@outdial/protocol';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

interface DoNotCallFile {
  readonly file: File;
  readonly options: Partial<ImportSuppressionsOptions>;
}

/** A do-not-call list as a file; with `preview` it only says what would be stored. */
export function useImportSuppressions() {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ file, options }: DoNotCallFile) =>
      client.suppressions.importFile({ content: file, name: file.name }, options),
    onSuccess: (_answer, { options }) => {
      if (options.preview) return;
      void queryClient.invalidateQueries({ queryKey: keys.suppressions });
      void queryClient.invalidateQueries({ queryKey: keys.queues });
    },
  });
}
