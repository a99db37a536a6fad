import {
  changesUnknownTo,
  NEWEST_ZONE_DATA,
  runtimeOffsets,
  type ZoneOffsets,
} from '@outdial/core';

export interface ZoneData {
  /** The runtime lacks a change of clocks that we know of, and correct. */
  readonly isOld: boolean;
  /** For the log and the doctor. */
  readonly fields: {
    /** The IANA release that the runtime carries, such as 2025c. */
    readonly release: string;
    readonly needed: string;
    /** Where local time is corrected: "British Columbia". */
    readonly corrected: readonly string[];
    readonly what_to_do: string;
  };
}

/** What the runtime's time zone data lack. `version`: `process.versions.tz`, absent in runtimes without their own data. */
export function zoneDataOf(
  version: string | undefined,
  source: ZoneOffsets = runtimeOffsets,
): ZoneData {
  const changes = changesUnknownTo(source, version);
  return {
    isOld: changes.length > 0,
    fields: {
      release: version ?? 'unknown',
      needed: NEWEST_ZONE_DATA,
      corrected: changes.map(({ place }) => place),
      what_to_do: `Run a Node.js whose process.versions.tz is ${NEWEST_ZONE_DATA} or newer. Until then Outdial corrects the clocks of these places itself; it does not know of later changes.`,
    },
  };
}
