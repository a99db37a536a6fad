import { Refusal } from '../platform/refusal.js';
import type { Connections, KnownConnection } from './connections.js';

/** Who names a connection for a session, the strongest first. */
export interface ConnectionWishes {
  readonly request?: string | undefined;
  readonly queue?: string | null | undefined;
  readonly agent?: string | null | undefined;
}

/**
 * The connection of a session: the one that the request names, else its queue's, else the agent's, else the default of TELEPHONY, else the
 * only real one, else Practice. A connection that was named and that carries no calls now is refused, and no other one takes its place:
 * where no phone rang, real ones would. Throws `connection_unavailable`, with what to do.
 */
export function chooseConnection(
  connections: Pick<Connections, 'usable' | 'get' | 'closedBecause'>,
  { request, queue, agent }: ConnectionWishes,
  defaultIntegration: string | null,
): KnownConnection {
  const named = request ?? queue ?? agent ?? defaultIntegration;
  if (named !== null) {
    const because = connections.closedBecause(named);
    const found = connections.get(named);
    if (because !== null || found === null) {
      throw new Refusal('connection_unavailable', because ?? '', {
        ...(request !== undefined && {
          errors: [{ field: 'connection_id', message: 'carries no calls now' }],
        }),
      });
    }
    return found;
  }
  const usable = connections.usable();
  const real = usable.filter(({ manifest }) => manifest.isPractice !== true);
  const [only] = real.length > 0 ? real : usable;
  if (only === undefined) {
    throw new Refusal(
      'connection_unavailable',
      'No phone system is connected. An admin connects one under Settings, Connections.',
    );
  }
  if (real.length <= 1) return only;
  throw new Refusal(
    'connection_unavailable',
    `Several phone systems are connected (${real.map(({ row }) => row.label).join(', ')}). Choose the one to use in the settings of the queue or of the agent, or name it with connection_id.`,
  );
}
