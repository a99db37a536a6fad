/**
 * A time zone in which it is about one in the afternoon at this moment, so that a lead there may be called at any hour
 * of the day at which the tests run. (The sign of these names is turned round: Etc/GMT-13 is 13 hours ahead.)
 */
export function daytimeZone(now = new Date()): string {
  const ahead = 13 - now.getUTCHours();
  if (ahead === 0) return 'Etc/UTC';
  return ahead > 0 ? `Etc/GMT-${ahead}` : `Etc/GMT+${-ahead}`;
}

/** The other way round: about three in the morning there, when no number may be called. */
export function nightZone(now = new Date()): string {
  return daytimeZone(new Date(now.getTime() + 10 * 3_600_000));
}
