import type { Connections } from '../../connections/connections.js';
import { doesNotFit } from '../../platform/does-not-fit.js';

/** Fields that name connections, with what they say. Throws a `Refusal` that names each field whose connection is not there. */
export function refuseUnknownConnections(
  connections: Pick<Connections, 'get'>,
  named: readonly (readonly [field: string, connectionId: string | null | undefined])[],
): void {
  const faults = named.flatMap(([field, id]) => {
    if (id === null || id === undefined) return [];
    const found = connections.get(id);
    return found === null || found.row.removedAt !== null
      ? [{ field, message: `names no connection that is there (${id})` }]
      : [];
  });
  if (faults.length > 0) throw doesNotFit(faults);
}
