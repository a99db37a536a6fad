import type { FileEncoding } from '@outdial/protocol';
import { UnreadableFile } from './unreadable-file.js';

/**
 * Code page 850 from byte 128 on ("MS-DOS CSV" of Excel in Western Europe), which TextDecoder lacks. Source:
 * https://www.unicode.org/Public/MAPPINGS/VENDORS/MICSFT/PC/CP850.TXT. Its letters of German, French and Spanish stand at the same
 * bytes in code page 437.
 */
const IBM850 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐' +
  '└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00AD±‗¾¶§÷¸°¨·¹³²■\u00A0';

/** Bytes that the encoding does not have become U+FFFD. */
export function decodeBytes(file: Uint8Array, encoding: FileEncoding): string {
  if (encoding === 'ibm850') return decode850(file);
  try {
    return new TextDecoder(encoding).decode(file);
  } catch (cause) {
    // A Node.js built without ICU's data.
    throw new UnreadableFile(
      `This server cannot read ${encoding}. Save the file as "CSV UTF-8", then import it again.`,
      { cause },
    );
  }
}

function decode850(file: Uint8Array): string {
  // ASCII is the same in both, and of the other 128 each byte is one UTF-16 unit.
  return Buffer.from(file.buffer, file.byteOffset, file.byteLength)
    .toString('latin1')
    .replace(/[\u0080-\u00FF]/g, (letter) => IBM850.charAt(letter.charCodeAt(0) - 0x80));
}
