import type { CarrierManifest, CrmManifest, EnrichmentManifest } from '@outdial/kit';
import { INSTALLED } from './installed.js';

export const CARRIERS: readonly CarrierManifest[] = INSTALLED.flatMap((each) =>
  each.kind === 'carrier' ? [each] : [],
);

/** The carrier with this id; null: it is not installed. */
export const findCarrier = (id: string): CarrierManifest | null =>
  CARRIERS.find((each) => each.id === id) ?? null;

/** Of these there is one for all calls. */
export const CRM: CrmManifest = theOnly('crm');
export const ENRICHMENT: EnrichmentManifest = theOnly('enrichment');

function theOnly(kind: 'crm'): CrmManifest;
function theOnly(kind: 'enrichment'): EnrichmentManifest;
function theOnly(kind: 'crm' | 'enrichment') {
  const [first] = INSTALLED.filter((each) => each.kind === kind);
  if (first === undefined) throw new Error(`No integration of the kind ${kind} is installed.`);
  return first;
}
