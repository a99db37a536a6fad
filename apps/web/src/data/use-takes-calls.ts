import { useAccount } from './account-context.js';
import { useConnection } from './client-context.js';

/** Whether this page takes calls: for the user’s own agent, or the one that it acts for. */
export function useTakesCalls(): boolean {
  const { user } = useAccount();
  const { actingAgentId } = useConnection();
  return user.agent_id !== null || actingAgentId !== null;
}
