/**
 * What Google's map leaves out, from public numbering plans and the IANA database (July 2026).
 *
 * Area codes that lie in two zones: the map gives one of them to most exchanges, and overlays (778 over 250, 986 over 208)
 * have one zone only although they cover the same land. These zones are possible for every number of the area code whose
 * exchange is not listed.
 */
export const MORE_ZONES: Readonly<Record<string, readonly string[]>> = {
  // Florida, Alabama, Kentucky, Tennessee, Indiana, Michigan: Eastern and Central.
  '1850': ['America/New_York', 'America/Chicago'],
  '1448': ['America/New_York', 'America/Chicago'],
  '1270': ['America/New_York', 'America/Chicago'],
  '1364': ['America/New_York', 'America/Chicago'],
  '1606': ['America/New_York', 'America/Chicago'],
  '1423': ['America/New_York', 'America/Chicago'],
  '1931': ['America/New_York', 'America/Chicago'],
  '1812': ['America/New_York', 'America/Chicago'],
  '1930': ['America/New_York', 'America/Chicago'],
  '1219': ['America/New_York', 'America/Chicago'],
  '1574': ['America/New_York', 'America/Chicago'],
  '1906': ['America/New_York', 'America/Chicago'],
  // Nebraska, the Dakotas, Kansas, Texas: Central and Mountain.
  '1308': ['America/Chicago', 'America/Denver'],
  '1605': ['America/Chicago', 'America/Denver'],
  '1701': ['America/Chicago', 'America/Denver'],
  '1620': ['America/Chicago', 'America/Denver'],
  '1785': ['America/Chicago', 'America/Denver'],
  '1915': ['America/Chicago', 'America/Denver'],
  '1432': ['America/Chicago', 'America/Denver'],
  // Idaho, Oregon, Nevada: Mountain and Pacific. Arizona: the Navajo Nation changes its clocks. Alaska: the Aleutians.
  '1208': ['America/Boise', 'America/Los_Angeles'],
  '1986': ['America/Boise', 'America/Los_Angeles'],
  '1541': ['America/Los_Angeles', 'America/Boise'],
  '1458': ['America/Los_Angeles', 'America/Boise'],
  '1775': ['America/Los_Angeles', 'America/Boise', 'America/Denver'],
  '1928': ['America/Phoenix', 'America/Denver'],
  '1907': ['America/Anchorage', 'America/Adak'],
  // British Columbia: the Peace never changed its clocks, the Kootenays keep Mountain time.
  '1250': ['America/Vancouver', 'America/Fort_Nelson', 'America/Edmonton'],
  '1778': ['America/Vancouver', 'America/Fort_Nelson', 'America/Edmonton'],
  '1236': ['America/Vancouver', 'America/Fort_Nelson', 'America/Edmonton'],
  '1672': ['America/Vancouver', 'America/Fort_Nelson', 'America/Edmonton'],
  '1257': ['America/Vancouver', 'America/Fort_Nelson', 'America/Edmonton'],
  // Saskatchewan with Lloydminster; Ontario; Quebec with the Magdalen Islands; Labrador; the three territories.
  '1306': ['America/Regina', 'America/Edmonton'],
  '1639': ['America/Regina', 'America/Edmonton'],
  '1474': ['America/Regina', 'America/Edmonton'],
  '1807': ['America/Toronto', 'America/Winnipeg'],
  '1418': ['America/Toronto', 'America/Halifax'],
  '1581': ['America/Toronto', 'America/Halifax'],
  '1367': ['America/Toronto', 'America/Halifax'],
  '1709': ['America/St_Johns', 'America/Halifax'],
  '1879': ['America/St_Johns', 'America/Halifax'],
  '1867': [
    'America/Whitehorse',
    'America/Inuvik',
    'America/Edmonton',
    'America/Winnipeg',
    'America/Toronto',
  ],
  // Northern Territory: no summer time, unlike Adelaide. Bougainville. Hermosillo.
  '61': ['Australia/Darwin', 'Australia/Hobart'],
  '675': ['Pacific/Bougainville'],
  '52': ['America/Hermosillo'],
};

/**
 * The map names one zone for all that had the same clocks when it was made. Clocks that parted since: four Canadian zones
 * stopped changing in November 2026 in their own provinces, and elsewhere the old clock goes on (Kenora with Winnipeg, Cambridge
 * Bay with Edmonton). `home`: area codes of the province, where the zone stands for itself.
 */
export const PARTED: readonly {
  readonly zone: string;
  readonly home: readonly string[];
  readonly goesOn: string;
}[] = [
  { zone: 'America/Winnipeg', home: ['1204', '1431', '1584'], goesOn: 'America/Chicago' },
  {
    zone: 'America/Edmonton',
    home: ['1403', '1587', '1780', '1825', '1368'],
    goesOn: 'America/Denver',
  },
  { zone: 'America/Vancouver', home: ['1604'], goesOn: 'America/Los_Angeles' },
];

/** Zones that the map uses for another place, which keeps other clocks today. */
export const STAND_INS: readonly {
  readonly prefix: string;
  readonly named: string;
  readonly zones: readonly string[];
}[] = [
  { prefix: '7', named: 'Europe/Bucharest', zones: ['Europe/Kaliningrad'] },
  { prefix: '970', named: 'Europe/Bucharest', zones: ['Asia/Gaza', 'Asia/Hebron'] },
];
