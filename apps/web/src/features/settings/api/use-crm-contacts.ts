import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';
import { usePages } from '../../../data/use-pages.js';

export function useCrmContacts() {
  const client = useClient();
  return usePages({
    queryKey: keys.crmContacts({}),
    read: (cursor, signal) => client.crm.contacts({ cursor, limit: 25 }, signal),
    rows: (page) => page.contacts,
  });
}
