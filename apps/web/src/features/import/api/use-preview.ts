import { useMutation } from '@tanstack/react-query';
import { useClient } from '../../../data/client-context.js';

/** How the server reads the file, before anything is stored. */
export function usePreview() {
  const client = useClient();
  return useMutation({
    mutationFn: (file: File) => client.imports.preview({ content: file, name: file.name }),
  });
}
