export {
  createMockEnrichment,
  type EnrichmentFaults,
  type MockEnrichment,
  type MockEnrichmentOptions,
} from './mock-enrichment.js';
