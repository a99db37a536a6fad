export { loadPrefixZones } from './load-prefix-zones.js';
