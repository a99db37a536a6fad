import { manifest as aircall } from '@outdial/aircall';
import type { IntegrationManifest } from '@outdial/kit';
import { manifest as mockCrm } from '@outdial/mock-crm';
import { manifest as mockEnrichment } from '@outdial/mock-enrichment';
import { manifest as simulator } from '@outdial/simulator';

/** Every integration of this program; the only place that names them. */
export const INSTALLED: readonly IntegrationManifest[] = [
  simulator,
  aircall,
  mockCrm,
  mockEnrichment,
];
