import { kindOf } from '../phone/number-plan.js';

/**
 * Digits that international numbers begin with (no plus), and every time zone that such a number may lie in. Google's
 * libphonenumber keeps the data (https://github.com/google/libphonenumber, resources/timezones); it holds one entry per
 * calling code, so every real number finds something.
 */
export type PrefixZones = ReadonlyMap<string, readonly string[]>;

/** Each prefix with its zones and those of every longer prefix below it. */
type WidenedZones = ReadonlyMap<string, readonly string[]>;

const widened = new WeakMap<PrefixZones, WidenedZones>();

function widenedOf(prefixZones: PrefixZones): WidenedZones {
  const known = widened.get(prefixZones);
  if (known !== undefined) return known;
  const sets = new Map<string, Set<string>>();
  for (const [prefix, zones] of prefixZones) sets.set(prefix, new Set(zones));
  for (const [prefix, zones] of prefixZones) {
    for (let length = prefix.length - 1; length > 0; length--) {
      const above = sets.get(prefix.slice(0, length));
      if (above !== undefined) for (const zone of zones) above.add(zone);
    }
  }
  const made = new Map([...sets].map(([prefix, zones]) => [prefix, [...zones]]));
  widened.set(prefixZones, made);
  return made;
}

/** Whose prefix says where they are. In North America mobiles are numbers of a place like any other. */
const GEOGRAPHIC = 'FIXED_LINE';

/**
 * Every zone that an E.164 number may lie in; none when no prefix is known.
 *
 * - A fixed line: the zones of its longest known prefix. Where longer prefixes are known and this number has none of
 *   them, every zone below that prefix as well: data that list some exchanges of a split area code say nothing about the
 *   others.
 * - Anything else outside North America (mobiles, freephone, numbers of no assigned range): every zone of the country. A
 *   Russian mobile is used from Kaliningrad to Kamchatka.
 */
export function zonesOfNumber(phone: string, prefixZones: PrefixZones): readonly string[] {
  const digits = phone.startsWith('+') ? phone.slice(1) : phone;
  const wide = widenedOf(prefixZones);
  const whole = digits.startsWith('1') ? null : wholeCountry(digits, wide);
  if (whole !== null) return whole;
  for (let length = digits.length; length > 0; length--) {
    const zones = wide.get(digits.slice(0, length));
    if (zones !== undefined) return zones;
  }
  return [];
}

/** The zones of the number's country; null: the number names a place in it. */
function wholeCountry(digits: string, wide: WidenedZones): readonly string[] | null {
  for (let length = 1; length <= 3; length++) {
    const zones = wide.get(digits.slice(0, length));
    if (zones === undefined) continue;
    if (zones.length === 1) return zones;
    const kind = kindOf(`+${digits}`);
    if (kind?.type === GEOGRAPHIC) return null;
    if (kind?.callingCode !== '7') return zones;
    // Russia and Kazakhstan share a code; Kazakhstan has 77 and 76.
    const kazakh = wide.get('77') ?? [];
    if (kind.country === 'KZ') return kazakh.length > 0 ? kazakh : zones;
    return kind.country === 'RU' ? zones.filter((zone) => !kazakh.includes(zone)) : zones;
  }
  return null;
}
