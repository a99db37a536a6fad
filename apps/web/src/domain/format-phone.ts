const TWO_DIGIT_CODES = new Set(
  '20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98'.split(
    ' ',
  ),
);

/** An E.164 number in groups that can be read aloud. Only for the eye: it says nothing about the number's real plan. */
export function formatPhone(e164: string): string {
  const digits = e164.replace(/\D/g, '');
  if (!e164.startsWith('+') || digits.length < 7) return e164;
  if (digits.startsWith('1') && digits.length === 11) {
    return `+1 ${digits.slice(1, 4)} ${digits.slice(4, 7)} ${digits.slice(7)}`;
  }
  const codeLength = /^[17]/.test(digits) ? 1 : TWO_DIGIT_CODES.has(digits.slice(0, 2)) ? 2 : 3;
  let rest = digits.slice(codeLength);
  const groups: string[] = [];
  while (rest.length > 4) {
    groups.push(rest.slice(0, 3));
    rest = rest.slice(3);
  }
  return [`+${digits.slice(0, codeLength)}`, ...groups, rest].join(' ');
}
