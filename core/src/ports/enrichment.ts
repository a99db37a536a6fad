import type { Enrichment, Lead } from '../lead/lead.js';

/** A service that knows more about a lead. `not_found` is an answer, not an error; an outage is thrown. */
export interface EnrichmentProvider {
  readonly name: string;
  enrich(lead: Lead): Promise<{ kind: 'found'; data: Enrichment['data'] } | { kind: 'not_found' }>;
}
