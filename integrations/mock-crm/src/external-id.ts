/**
 * An id as the mock CRM gives them out: `CRM-7F3A9C21`, `MOCK-0B61D9EE`. It is computed from what it stands for, so
 * that a restart gives out no id twice and a demonstration looks the same each time. Eight digits are few: among
 * 10,000 records one collision in a hundred databases, among 100,000 one in most. The next `attempt` gives another.
 */
export const externalId = (prefix: 'CRM' | 'MOCK', source: string, attempt: number): string =>
  `${prefix}-${hash32(`${attempt} ${source}`).toString(16).toUpperCase().padStart(8, '0')}`;

/** FNV-1a, finished as MurmurHash3 does. Not for secrets. */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
