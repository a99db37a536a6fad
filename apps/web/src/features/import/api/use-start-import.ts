import type { ImportOptions } from '@outdial/protocol';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

type Options = Partial<(typeof ImportOptions)['_zod']['output']>;

export function useStartImport() {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ file, options }: { file: File; options: Options }) =>
      client.imports.start({ content: file, name: file.name }, options),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keys.importList }),
  });
}
