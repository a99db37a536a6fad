import { useQuery } from '@tanstack/react-query';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

/** One import with its first errors. Its progress comes by the live connection. */
export function useImport(id: string) {
  const client = useClient();
  return useQuery({
    queryKey: keys.import(id),
    queryFn: ({ signal }) => client.imports.get(id, { limit: 100 }, signal),
  });
}
