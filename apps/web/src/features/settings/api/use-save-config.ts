import type { SystemSettings } from '@outdial/protocol';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

export function useSaveConfig() {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: { version: number; settings: SystemSettings }) => client.config.put(body),
    onSuccess: (config) => queryClient.setQueryData(keys.config, config),
  });
}
