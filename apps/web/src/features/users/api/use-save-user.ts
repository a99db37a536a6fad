import type { Role } from '@outdial/protocol';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

export interface UserInput {
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  /** undefined: for an agent a new one of this name. */
  readonly agent_id: string | null | undefined;
}

/** Adds a user, with a password that is made up; or changes the one with this id. */
export function useSaveUser(id: string | null) {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: UserInput) =>
      id === null ? client.users.create(body) : client.users.update(id, body),
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: keys.users });
      void queryClient.invalidateQueries({ queryKey: keys.agents });
    },
  });
}
