import type { RawDigitsStyle } from './behaviour.js';

/** E.164: a plus, no leading zero, 7 to 15 digits. */
export function isE164(text: string): boolean {
  return /^\+[1-9]\d{6,14}$/.test(text);
}

export function digitsOnly(text: string): string {
  return text.replace(/\D/g, '');
}

/** Aircall's display format, as captured: `+1 202-555-0143` (reference 4.1 and 7.1). */
function displayFormat(e164: string): string {
  const digits = digitsOnly(e164);
  if (digits.startsWith('1') && digits.length === 11) {
    return `+1 ${digits.slice(1, 4)}-${digits.slice(4, 7)}-${digits.slice(7)}`;
  }
  if (digits.startsWith('4420')) return `+44 20 ${digits.slice(4, 8)} ${digits.slice(8)}`;
  if (digits.startsWith('447')) return `+44 ${digits.slice(2, 6)} ${digits.slice(6)}`;
  const groups = digits.slice(2).match(/.{1,3}/g) ?? [];
  return [`+${digits.slice(0, 2)}`, ...groups].join(' ');
}

/** How the other party's number is written in payloads; `display` is what was seen. */
export function writeDigits(e164: string, style: RawDigitsStyle = 'display'): string {
  if (style === 'plain') return e164;
  const display = displayFormat(e164);
  return style === 'spaced' ? display.replaceAll('-', ' ') : display;
}
