import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';
import { usePages } from '../../../data/use-pages.js';

export function useApiKeys() {
  const client = useClient();
  return usePages({
    queryKey: keys.apiKeys,
    read: (cursor, signal) => client.apiKeys.list({ cursor, limit: 50 }, signal),
    rows: (page) => page.api_keys,
  });
}
