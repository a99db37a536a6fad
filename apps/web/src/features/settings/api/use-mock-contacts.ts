import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';
import { usePages } from '../../../data/use-pages.js';

export function useMockContacts() {
  const client = useClient();
  return usePages({
    queryKey: keys.mockContacts({}),
    read: (cursor, signal) => client.crm.mockContacts({ cursor, limit: 25 }, signal),
    rows: (page) => page.contacts,
  });
}
