/** Why an entry of the shared stream of live events is passed over. */
export const REFUSED_ENTRIES = ['number', 'seal', 'replayed', 'schema'] as const;
export type RefusedEntry = (typeof REFUSED_ENTRIES)[number];
