/** The only source of time. Tests and simulated worlds move it by hand. */
export interface Clock {
  now(): Date;
}

/** The only source of new ids: UUIDv7, so that they sort by creation. */
export interface Ids {
  next(): string;
}
