import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';
import { usePages } from '../../../data/use-pages.js';

export function useSuppressions() {
  const client = useClient();
  return usePages({
    queryKey: keys.suppressionList({}),
    read: (cursor, signal) => client.suppressions.list({ cursor, limit: 50 }, signal),
    rows: (page) => page.suppressions,
  });
}
