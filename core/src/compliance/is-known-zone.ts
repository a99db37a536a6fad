import { IANAZone } from 'luxon';

/** The areas of the IANA time zone database, with those that its file `backward` keeps alive. */
const IN_AN_AREA =
  /^(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Brazil|Canada|Chile|Etc|Europe|Indian|Mexico|Pacific|US)\/[A-Za-z0-9_+/-]{2,40}$/i;

/** IANA names without an area (https://data.iana.org/time-zones/tzdb/backward and `etcetera`). */
const WITHOUT_AREA = new Set(
  (
    'UTC GMT UCT Zulu Universal Greenwich GMT0 GMT+0 GMT-0 EST MST HST EST5EDT CST6CDT MST7MDT PST8PDT CET EET MET WET ' +
    'Cuba Egypt Eire GB GB-Eire Hongkong Iceland Iran Israel Jamaica Japan Kwajalein Libya NZ NZ-CHAT Navajo PRC Poland ' +
    'Portugal ROC ROK Singapore Turkey W-SU'
  ).split(' '),
);

/**
 * Whether this is the name of a time zone in the IANA database that this runtime knows too.
 *
 * Names are looked at before the runtime is asked: ICU takes abbreviations that are not IANA's and mean something else
 * than people expect ("AST" is Alaska, "IST" is India), and luxon remembers every name it was ever asked for, so a file
 * full of nonsense must not reach it.
 */
export const isKnownZone = (name: string): boolean =>
  (IN_AN_AREA.test(name) || WITHOUT_AREA.has(name)) && IANAZone.create(name).isValid;
