import type { ColumnMapping, ImportField, UnreadColumn } from '@outdial/protocol';
import { type CellShapes, shapesOf } from './cell-shapes.js';
import {
  ANOTHER_PERSON,
  carriesLaw,
  EXACT,
  isDoNotCall,
  MAYBE_PHONE,
  NO_PHONE,
  OWN_COLUMNS,
  PHONE_WORD,
  phonePreference,
  plainHeading,
} from './field-words.js';

export interface GuessedColumns {
  readonly mapping: ColumnMapping;
  /** The columns that hold telephone numbers, in the order in which they are tried. */
  readonly phoneColumns: string[];
}

interface Column {
  readonly name: string;
  /** As `plainHeading` writes it; of "Phone (2)" what the file says, "phone". */
  readonly heading: string;
  readonly cells: CellShapes;
}

/**
 * Which column fills which field, judged by the headings and by what is in the cells of the first rows: a column "Number" is the
 * phone number only if telephone numbers are in it. `headings`: as the file has them, in the order of `columns`.
 */
export function guessColumns(
  columns: readonly string[],
  sample: readonly (readonly string[])[],
  headings: readonly string[] = columns,
): GuessedColumns {
  const all: readonly Column[] = columns.map((name, at) => ({
    name,
    heading: plainHeading(headings[at] ?? name),
    cells: shapesOf(sample.map((row) => row[at] ?? '')),
  }));
  const open = new Set(all.filter(({ name }) => !OWN_COLUMNS.includes(name)));
  const mapping: ColumnMapping = {};
  const take = (column: Column, field: ImportField): void => {
    mapping[column.name] = field;
    open.delete(column);
  };

  for (const column of open) if (isDoNotCall(column.heading)) take(column, 'do_not_call');
  const phones = findPhones(open);
  for (const column of phones) take(column, 'phone_number');
  for (const field of ORDER) {
    const column = likeliest(field, [...open]);
    if (column === null) continue;
    take(column, field);
    // Of two columns with one heading, exports leave now the one empty and now the other.
    for (const twin of open)
      if (twin.heading === column.heading && cellsFit(field, twin.cells)) take(twin, field);
  }
  settleNames(all, mapping);
  fillFromCells([...open], mapping, take);
  return { mapping, phoneColumns: phones.map(({ name }) => name) };
}

const ORDER: readonly (keyof typeof EXACT)[] = [
  'email',
  'first_name',
  'last_name',
  'name',
  'company',
  'job_title',
  'country',
  'time_zone',
  'headcount',
  'industry',
  'score',
];

/** In the order of preference. A heading that promises numbers must not have anything else in most of its cells. */
function findPhones(open: ReadonlySet<Column>): Column[] {
  const worded = [...open].filter(
    ({ heading }) => PHONE_WORD.test(heading) && !NO_PHONE.test(heading),
  );
  const own = worded.filter(({ heading }) => !ANOTHER_PERSON.test(heading));
  const promised = (own.length > 0 ? own : worded).filter(
    ({ cells }) =>
      cells.filled === 0 || cells.phone >= 0.3 || (cells.phone > 0 && cells.filled < 5),
  );
  const ranked = promised
    .map((column, at) => ({ column, at, rank: phonePreference(column.heading) }))
    .sort((a, b) => a.rank - b.rank || a.at - b.at)
    .map(({ column }) => column);
  if (ranked.some(({ cells }) => cells.filled > 0)) return ranked;
  const maybe = [...open].filter(
    ({ heading, cells }) => MAYBE_PHONE.test(heading) && cells.phoneForSure >= 0.6,
  );
  if (maybe.length > 0) return [...maybe, ...ranked];
  // By the cells alone, whatever the heading says; only where no heading promises a number.
  const bySight = [...open].filter(
    ({ heading, cells }) =>
      cells.phoneForSure >= 0.7 &&
      !NO_PHONE.test(heading) &&
      (own.length === 0 || !ANOTHER_PERSON.test(heading)),
  );
  if (bySight.length > 0) return [...bySight, ...ranked];
  if (ranked.length > 0) return ranked;
  // A heading that promises numbers, in whose cells none can be recognized: better than none, and the rows will say why.
  return (own.length > 0 ? own : worded).slice(0, 1);
}

function likeliest(field: keyof typeof EXACT, open: readonly Column[]): Column | null {
  const fits = open.filter(
    (column) => wordFits(field, column.heading) && cellsFit(field, column.cells),
  );
  // An exact heading before one that only contains the word; of two, the one with more in it, as exports have empty twins.
  const rank = (column: Column): number =>
    (EXACT[field].has(column.heading) ? 2 : 0) + (column.cells.filled > 0 ? 1 : 0);
  return fits.reduce<Column | null>(
    (best, column) => (best === null || rank(column) > rank(best) ? column : best),
    null,
  );
}

/** Headings beyond the known ones: by a word in them. */
const CONTAINS: Partial<Record<keyof typeof EXACT, readonly [wanted: RegExp, unless: RegExp]>> = {
  email: [
    /\bemail\b|e mail|\bcourriel\b|\bcorreo\b/,
    /label|type|status|verified|opt|consent|display|name|company name|confidence|source|mailing|subject|sent|bounc|id\b|count|date/,
  ],
  first_name: [
    /\bfirst name\b|\bvorname\b|\bprenom\b|\bgiven name\b/,
    /company|phonetic|spouse|manager|owner/,
  ],
  last_name: [
    /\blast name\b|\bnachname\b|\bsurname\b|\bfamily name\b/,
    /company|phonetic|spouse|manager|owner/,
  ],
  name: [
    /\b(?:full|contact|lead|person|customer|client) name\b/,
    /company|account|user|file|list|owner|queue|campaign|middle|first|last/,
  ],
  company: [
    /\bcompany\b|\borgani[sz]ation\b|\bfirma\b|\bsociete\b|\bempresa\b|\bazienda\b/,
    /\bid\b|size|phone|email|url|site|domain|linkedin|address|city|state|country|street|zip|postal|revenue|industry|employees|label|type|title|department|keywords|founded|owner|hq|for emails/,
  ],
  job_title: [/\bjob title\b|\bposition\b/, /level|hierarchy|\bid\b|date|gps|list|sort/],
  headcount: [
    /\bemployees\b|\bmitarbeiter\b|\bheadcount\b|\bempleados\b/,
    /\bid\b|name|mail|growth|phone/,
  ],
  industry: [/\bindustry\b|\bbranche\b/, /\bid\b|code|sub/],
  time_zone: [/\btime ?zone\b/, /offset\b.*id|company/],
  score: [/\blead score\b/, /date|label/],
  country: [/\bcountry\b/, /company|account|state|birth|origin|of residence|tax/],
};

function wordFits(field: keyof typeof EXACT, heading: string): boolean {
  const compact = heading.replaceAll(' ', '');
  if (EXACT[field].has(heading) || EXACT[field].has(compact)) return true;
  const [wanted, unless] = CONTAINS[field] ?? [];
  return wanted?.test(heading) === true && unless?.test(heading) !== true;
}

function cellsFit(field: keyof typeof EXACT, cells: CellShapes): boolean {
  if (cells.filled === 0) return true;
  switch (field) {
    case 'email':
      return cells.email >= 0.2 || cells.filled < 5;
    case 'name':
    case 'first_name':
    case 'last_name':
      return cells.number < 0.5 && cells.phone < 0.5 && cells.email < 0.5;
    case 'job_title':
      return cells.salutation < 0.5 && cells.number < 0.5;
    case 'company':
      return cells.email < 0.5 && cells.phoneForSure < 0.5;
    case 'industry':
      return cells.number < 0.5;
    case 'headcount':
    case 'time_zone':
    case 'score':
    case 'country':
      return cells.email < 0.5;
    default: {
      const never: never = field;
      return never;
    }
  }
}

/** "Name" beside a first name is the last name, as in German and French files; "Nom" and "Nombre" alone are the whole name. */
function settleNames(all: readonly Column[], mapping: ColumnMapping): void {
  const of = (field: ImportField): Column | undefined =>
    all.find(({ name }) => Object.hasOwn(mapping, name) && mapping[name] === field);
  const whole = of('name');
  if (whole === undefined) return;
  const [first, last] = [of('first_name'), of('last_name')];
  if (first !== undefined && last === undefined && /^(?:name|nom|naam|nome)$/.test(whole.heading)) {
    mapping[whole.name] = 'last_name';
  } else if (
    first === undefined &&
    last !== undefined &&
    /^(?:name|nombre|nome|naam)$/.test(whole.heading)
  ) {
    mapping[whole.name] = 'first_name';
  }
}

/** What no heading told: an address is an address, and two capitalized words in most cells are a name. */
function fillFromCells(
  open: readonly Column[],
  mapping: ColumnMapping,
  take: (column: Column, field: ImportField) => void,
): void {
  const mapped = new Set(Object.values(mapping));
  if (!mapped.has('email')) {
    const column = open.find(({ cells }) => cells.email >= 0.6);
    if (column) take(column, 'email');
  }
  if (!mapped.has('name') && !mapped.has('first_name') && !mapped.has('last_name')) {
    const column = open
      .filter(
        ({ cells, heading }) =>
          cells.fullName >= 0.6 &&
          !/compan|firm|city|ort|address|adress|street|owner|notes?/.test(heading),
      )
      .toSorted((a, b) => b.cells.fullName - a.cells.fullName)[0];
    if (column && Object.values(mapping).every((field) => field !== 'name')) take(column, 'name');
  }
}

/** The columns that a mapping leaves out, with what stands in them and, where the law asks about it, why that matters. */
export function unreadColumns(
  columns: readonly string[],
  sample: readonly (readonly string[])[],
  mapping: ColumnMapping,
): UnreadColumn[] {
  return columns.flatMap((column, at) => {
    if (Object.hasOwn(mapping, column) || OWN_COLUMNS.includes(column)) return [];
    const cell = sample.map((row) => row[at] ?? '').find((each) => each !== '');
    return [
      {
        column,
        sample: cell === undefined ? null : cell.slice(0, 100),
        carries: carriesLaw(
          plainHeading(column),
          sample.map((row) => row[at] ?? ''),
        ),
      },
    ];
  });
}
