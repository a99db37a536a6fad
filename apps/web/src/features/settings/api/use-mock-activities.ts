import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';
import { usePages } from '../../../data/use-pages.js';

export function useMockActivities() {
  const client = useClient();
  return usePages({
    queryKey: keys.mockActivities,
    read: (cursor, signal) => client.crm.mockActivities({ cursor, limit: 25 }, signal),
    rows: (page) => page.activities,
  });
}
