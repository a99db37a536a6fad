/**
 * Digits that international numbers begin with (no plus), and every time zone that such a number may lie in. Google's
 * libphonenumber keeps the data (https://github.com/google/libphonenumber, resources/timezones); it holds one entry per
 * calling code, so every real number finds something.
 */
export type PrefixZones = ReadonlyMap<string, readonly string[]>;

/** Every zone that an E.164 number may lie in, by its longest known prefix; none when no prefix is known. */
export function zonesOfNumber(phone: string, prefixZones: PrefixZones): readonly string[] {
  const digits = phone.startsWith('+') ? phone.slice(1) : phone;
  for (let length = digits.length; length > 0; length--) {
    const zones = prefixZones.get(digits.slice(0, length));
    if (zones !== undefined) return zones;
  }
  return [];
}
