import type { Lead } from '@outdial/core';
import { Refusal } from '../../platform/refusal.js';
import type { HttpPorts } from '../http-ports.js';

/**
 * The leads that a caller chose, each once, in the order given; 404 naming those that are none. `visibleTo`: an agent, of which
 * those that they may not see are none either.
 */
export async function findLeads(
  { leads }: Pick<HttpPorts, 'leads'>,
  leadIds: readonly string[],
  visibleTo?: string,
): Promise<readonly Lead[]> {
  const distinct = [...new Set(leadIds)];
  const found = await leads.getMany(distinct, visibleTo);
  if (found.length === distinct.length) return found;
  const known = new Set(found.map((lead) => lead.id));
  throw unknownLeads(
    distinct.filter((leadId) => !known.has(leadId)),
    leadIds,
  );
}

/** As many as fit into a sentence; all of them are in `errors`. */
const NAMED = 3;

export function unknownLeads(unknown: readonly string[], leadIds: readonly string[]): Refusal {
  const named = unknown.slice(0, NAMED).join(', ');
  const more = unknown.length - NAMED;
  return new Refusal(
    'not_found',
    `There is no lead with the id ${named}${more > 0 ? `, nor with ${more} others of the list` : ''}. Nothing was done; leave them out and try again.`,
    {
      errors: unknown.map((leadId) => ({
        field: `lead_ids.${leadIds.indexOf(leadId)}`,
        message: 'is the id of no lead',
      })),
    },
  );
}
