import type { ZoneOffsets } from '@outdial/core';
import { about, type Finding } from '@outdial/kit';
import { zoneDataOf } from '../platform/zone-data.js';

/** Whether this Node.js knows when people's clocks change. `version`: its `process.versions.tz`. */
export function checkZoneData(version: string | undefined, source?: ZoneOffsets): Finding {
  const { ok, warning } = about('time zone data');
  const { isOld, fields } = zoneDataOf(version, source);
  if (!isOld) return ok(fields.release);
  return warning(
    `${fields.release} is old; corrected for ${fields.corrected.join(', ')}`,
    fields.what_to_do,
  );
}
