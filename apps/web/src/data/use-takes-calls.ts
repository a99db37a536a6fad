import { useAccount } from './account-context.js';
import { useConnection } from './client-context.js';

/** Whether there is an agent as whom calls are taken here: one’s own, or the one that is acted for. */
export function useTakesCalls(): boolean {
  const { user } = useAccount();
  const { actingAgentId } = useConnection();
  return user.agent_id !== null || actingAgentId !== null;
}
