/** One number of a cell, as it stands there, without its label. */
export interface CellPart {
  readonly text: string;
  readonly extension: string | null;
  /** A reason that this part is none, to follow "The phone number". */
  readonly fault: string | null;
}

/** Words beside a number that say which phone it is, in the languages of common address books. */
const LABEL_WORDS =
  'mobile|mobil|mobiltelefon|mobilnummer|mob|cell|cellular|cellphone|handy|m[óo]vil|celular|portable|cellulare|telefonino|mobiel|' +
  'telephone|telefon|t[ée]l[ée]phone|tel[ée]fono|telefone|telefono|telefoon|telefonnummer|phone|fon|tel|t[ée]l|ph|' +
  'home|work|office|business|company|corporate|direct|direct dial|direct line|main|other|primary|secondary|personal|private|' +
  'privat|priv|gesch[äa]ftlich|gesch|dienstlich|dienstl|arbeit|b[üu]ro|zentrale|oficina|casa|trabajo|domicile|bureau|travail|fixe|festnetz|landline|' +
  'desk|hq|whatsapp|viber|signal|sms|number|nummer|num[ée]ro|n[úu]mero|моб|тел|раб|дом|telefonas|puh|gsm|natel';
/** "No" alone, "no call" and "call" say that the number must not be called as often as they say that it is one. */
const NUMBER_SIGN = '(?:\\s+n[or])?';
const LABEL = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:(?:${LABEL_WORDS})${NUMBER_SIGN}(?![\\p{L}\\p{N}])|n[or](?=\\s*[.:]\\s*[\\d+(]))\\s*[.:]?\\s*-?`,
  'giu',
);
/** Single letters only where they cannot be anything else: "M: …", "T. …", "(c)". */
const LETTER =
  /(?<![\p{L}\p{N}])[tmhwocd]\s*[.:](?=\s*[\d+(])|(?<![\p{L}\p{N}\s]\s*)p\s*[.:](?=\s*[\d+(])|\(\s*[tmhwpocd]\s*\)/giu;
const NUMBERED = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:${LABEL_WORDS})\\s*#?[1-9]\\s*[:.)]|^#[1-9](?=\\s)`,
  'giu',
);
const FAX =
  /(?<![\p{L}\p{N}])(?:(?:tele)?fax|facsimile|t[ée]l[ée]copie|факс|pager|beeper)(?![\p{L}])|(?<![\p{L}\p{N}])f\s*[.:](?=\s*[\d+(])/iu;

/** What stands before an extension, in the languages of the countries that write one; the longer form first. */
const EXTENSION_WORDS =
  'extensi[óo]n|extens[ãa]o|extension|extn|ext|durchwahl|dw|nebenstelle|nst|apparat|app|klappe|kl|poste|anexo|interno|interne|intern|int|' +
  'ramal|toestel|tst|anknytning|ankn|lokalnummer|lokalnr|lokal|linje|alanumero|klapka|linka|wewn[ęe]trzny|wewn|wew|mell[ée]k|dahili|' +
  'εσωτερικό|εσωτ|добавочный|доб|внутр|вн|שלוחה|تحويلة|ต่อ|máy lẻ|内線|内线|分机|分機|转|轉|내선|x|#';
/** "p.12" (poste), and the p and w of telephones that pause or wait: 608-555-0199p12. */
const EXTENSION_LETTERS = '(?<=\\d)[pw](?=\\d)|(?<=\\d\\s*)p\\s*\\.';
const EXTENSION = new RegExp(
  `(\\d[\\s).,;:/-]*?)[\\s,;:/(-]*(?:${EXTENSION_WORDS}|${EXTENSION_LETTERS})\\s*[.:=]?\\s*#?(\\d{1,7})\\s*[)\\]#]?\\s*$`,
  'iu',
);
/** A form's field for extensions that was left empty: "608-555-0194 x". */
const EMPTY_EXTENSION = /(?<=\d)[\s,;(-]*(?:extension|extn|ext|x)\s*[.:=]?\s*\)?\s*$/iu;
/** "608-555-0194, ext. 5": the comma belongs to the extension. */
const BEFORE_EXTENSION = new RegExp(`[,;]\\s*(?=(?:${EXTENSION_WORDS})\\s*[.:=]?\\s*#?\\d)`, 'giu');
/** A slash behind an extension ends the number. */
const ENDED = new RegExp(
  `(\\d[\\s).,;:(-]*(?:${EXTENSION_WORDS})\\s*[.:=]?\\s*#?\\d{1,7}\\s*\\)?)\\s*/`,
  'giu',
);
/** Two commas or more, as phones write pauses: 608-555-0206,,5. One comma and one digit or two is a pause as well. */
const PAUSED = /(\d)\s*(?:,\s*,[\s,]*(\d{1,7})|,\s*(\d{1,2}))#?\s*$/;

/** Between two numbers; a plus after digits begins the next one. A slash is weighed by `normalizePhone`. */
const BETWEEN =
  /\s*(?:[;|\n\r\t&]|,(?!\s*,)(?<!,,)|(?<=[\d)\s])\b(?:or|and|oder|und|ou|et|o|y|e|eller|of|или|и)\b(?=[\s\d(+]))\s*|(?<=\d[\s)]*)(?=\+)/iu;

/** A label between digits ends one number and begins another: "030 123456 mobil 0171 1234567". */
const LABEL_BETWEEN = new RegExp(
  `(?<=\\d[\\s).-]*)(?=(?:${LABEL_WORDS})(?![\\p{L}\\p{N}])[^\\p{L}]*\\d|(?<=\\s)[tmhwocd]\\s*[.:]\\s*[\\d+(])|(?<=\\d[\\s)]*\\(\\s*[tmhwpocd]\\s*\\))(?=[\\s:]*[\\d+(])`,
  'giu',
);

/** "1. 030 123456", "(2) +49 30 123456": a count before a number. */
const COUNT = /^[([]?[1-9][)\].:]+\s*(?=\(?\s*[0+])/;
/** Behind a label that is gone, a digit that stands alone is a count as well: "Telefon 2 030 123456". 8 is a trunk prefix. */
const COUNT_BEHIND_LABEL = /^[1-79]\s+(?=\(?\s*[0+])/;

/** The numbers of one cell, in their order. */
export function splitCell(cell: string): readonly CellPart[] {
  if (/^\+?[\d\s()./-]+$/.test(cell) && !/[\n\r\t]/.test(cell)) {
    return [{ text: cell.replace(COUNT, ''), extension: null, fault: null }];
  }
  const whole = cell
    .replace(/;\s*ext\s*=\s*/gi, ' ext ')
    .replace(EMPTY_EXTENSION, '')
    .replace(LABEL_BETWEEN, '; ')
    .replace(BEFORE_EXTENSION, ' ')
    .replace(ENDED, '$1;');
  const paused = PAUSED.exec(whole);
  const kept =
    paused === null
      ? whole
      : `${whole.slice(0, paused.index + 1)} ext ${paused[2] ?? paused[3] ?? ''}`;
  return kept
    .split(BETWEEN)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(readPart);
}

function readPart(part: string): CellPart {
  if (FAX.test(part)) {
    return { text: '', extension: null, fault: 'is marked as a fax or pager number' };
  }
  let text = part.replace(NUMBERED, ' ').replace(LABEL, ' ').replace(LETTER, ' ').trim();
  text = text.replace(COUNT, '');
  if (text !== part) text = text.replace(COUNT_BEHIND_LABEL, '');
  let extension: string | null = null;
  const found = EXTENSION.exec(text);
  if (found !== null) {
    extension = found[2] ?? null;
    text = text.slice(0, found.index + 1);
  }
  text = text
    .replace(/\(\s*\)|\[\s*\]/g, ' ')
    .replace(/^[\s.:,/-]+|[\s.:,/(-]+$/g, '')
    .trim();
  return { text, extension, fault: null };
}
