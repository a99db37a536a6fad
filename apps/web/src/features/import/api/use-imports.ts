import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';
import { usePages } from '../../../data/use-pages.js';

export function useImports() {
  const client = useClient();
  return usePages({
    queryKey: keys.importList,
    read: (cursor, signal) => client.imports.list({ cursor, limit: 20 }, signal),
    rows: (page) => page.imports,
  });
}
