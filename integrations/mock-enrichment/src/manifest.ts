import type { EnrichmentManifest } from '@outdial/kit';
import { z } from 'zod';
import { createMockEnrichment } from './mock-enrichment.js';

export const manifest: EnrichmentManifest = {
  kind: 'enrichment',
  id: 'mock-enrichment',
  label: 'Mock enrichment',
  summary: 'Invented data about companies, for demonstration.',
  credentials: [],
  settings: z.object({}),
  environment: {},
  open: () => createMockEnrichment({ notFoundShare: 0 }),
};
