import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';
import { usePages } from '../../../data/use-pages.js';

/** Everybody who has an account; `q`: in the name or the e-mail address. */
export function useUsers(q: string) {
  const client = useClient();
  const query = q === '' ? {} : { q };
  return usePages({
    queryKey: keys.userList(query),
    read: (cursor, signal) => client.users.list({ ...query, cursor, limit: 50 }, signal),
    rows: (page) => page.users,
  });
}
