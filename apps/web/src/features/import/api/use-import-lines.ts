import type { LineFate } from '@outdial/protocol';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';
import { usePages } from '../../../data/use-pages.js';

/** What became of single lines. `version` changes while the import runs, so that the list is read again. */
export function useImportLines(
  id: string,
  filter: { readonly fate?: LineFate | undefined; readonly code?: string | undefined },
  version: number,
) {
  const client = useClient();
  return usePages({
    queryKey: [...keys.import(id), 'lines', filter, version],
    read: (cursor, signal) => client.imports.lines(id, { ...filter, cursor, limit: 50 }, signal),
    rows: (page) => page.lines,
  });
}
