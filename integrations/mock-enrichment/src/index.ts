export { manifest } from './manifest.js';
export {
  createMockEnrichment,
  type EnrichmentFaults,
  type MockEnrichment,
  type MockEnrichmentOptions,
} from './mock-enrichment.js';
