import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';
import { usePages } from '../../../data/use-pages.js';

export function useCrmActivities() {
  const client = useClient();
  return usePages({
    queryKey: keys.crmActivities,
    read: (cursor, signal) => client.crm.activities({ cursor, limit: 25 }, signal),
    rows: (page) => page.activities,
  });
}
