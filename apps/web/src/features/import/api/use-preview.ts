import type { ImportOptions } from '@outdial/protocol';
import { useMutation } from '@tanstack/react-query';
import { useClient } from '../../../data/client-context.js';

export type ReadingOptions = Partial<Pick<ImportOptions, 'encoding' | 'heading_line'>>;

/** How the server reads the file, before anything is stored. */
export function usePreview() {
  const client = useClient();
  return useMutation({
    mutationFn: ({ file, options }: { file: File; options: ReadingOptions }) =>
      client.imports.preview({ content: file, name: file.name }, options),
  });
}
