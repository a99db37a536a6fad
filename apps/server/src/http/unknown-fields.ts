import type { z } from 'zod';

export interface UnknownField {
  readonly path: readonly string[];
  /** The known field that was probably meant, as a dotted path; null: none is near. */
  readonly meant: string | null;
}

/** As many are named; 60,000 unknown keys are one mistake. */
const MOST_NAMED = 20;
/** Nested schemas go no deeper than six. */
const DEEPEST = 16;

/**
 * Every key of `data` that `schema` does not know, at any depth. Zod drops them by itself, and a caller who is answered 201 believes that
 * what was dropped counts. Schemas with a catchall (`z.looseObject`) and records with free keys stay open.
 *
 * Making the schemas strict instead would work for operations that remember to, and would make answers strict that share a shape.
 */
export function findUnknownFields(schema: z.core.$ZodType, data: unknown): UnknownField[] {
  const found: UnknownField[] = [];
  look(schema, data, [], (path, known) => {
    if (found.length >= MOST_NAMED) return;
    const key = path.at(-1) ?? '';
    const near = nearest(key, known);
    const meant =
      near !== null ? [...path.slice(0, -1), near].join('.') : elsewhere(schema, key, path);
    found.push({ path, meant });
  });
  return found;
}

type Report = (path: readonly string[], known: readonly string[]) => void;

function look(
  schema: z.core.$ZodType,
  data: unknown,
  path: readonly string[],
  report: Report,
): void {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'object': {
      if (!isObject(data)) return;
      const open = def.catchall !== undefined && def.catchall._zod.def.type !== 'never';
      const known = Object.keys(def.shape);
      for (const [key, value] of Object.entries(data)) {
        const field = Object.hasOwn(def.shape, key) ? def.shape[key] : undefined;
        if (field !== undefined) look(field, value, [...path, key], report);
        else if (!open) report([...path, key], known);
      }
      return;
    }
    case 'record': {
      if (!isObject(data)) return;
      const known = namesOf(def.keyType);
      for (const [key, value] of Object.entries(data)) {
        if (known !== null && !known.includes(key)) report([...path, key], known);
        else look(def.valueType, value, [...path, key], report);
      }
      return;
    }
    case 'array': {
      if (!Array.isArray(data)) return;
      for (const [at, each] of data.entries()) {
        if (typeof each === 'object') look(def.element, each, [...path, String(at)], report);
      }
      return;
    }
    case 'tuple': {
      if (!Array.isArray(data)) return;
      for (const [at, each] of data.entries()) {
        const item = def.items[at] ?? def.rest;
        if (item) look(item, each, [...path, String(at)], report);
      }
      return;
    }
    case 'union': {
      look(chosen(def.options, data), data, path, report);
      return;
    }
    case 'intersection': {
      // A key is known when either side knows it.
      const left = new Set<string>();
      look(def.left, data, path, (at) => left.add(at.join('.')));
      look(def.right, data, path, (at, known) => {
        if (left.has(at.join('.'))) report(at, known);
      });
      return;
    }
    default: {
      const inner = innerOf(schema);
      if (inner !== null) look(inner, data, path, report);
    }
  }
}

/** The option that Zod takes: the first that fits; of none that fits, the one that knows the most keys. */
function chosen(options: readonly z.core.$ZodType[], data: unknown): z.core.$ZodType {
  const fitting = options.find((option) => (option as z.ZodType).safeParse(data).success);
  if (fitting !== undefined) return fitting;
  const counted = options.map((option) => {
    let unknown = 0;
    look(option, data, [], () => {
      unknown += 1;
    });
    return { option, unknown: isObject(data) && !isAboutObjects(option) ? Infinity : unknown };
  });
  const best = counted.reduce((a, b) => (b.unknown < a.unknown ? b : a));
  return best.option;
}

const isAboutObjects = (schema: z.core.$ZodType): boolean => {
  const { type } = (unwrapped(schema) as z.core.$ZodTypes)._zod.def;
  return type === 'object' || type === 'record' || type === 'union' || type === 'intersection';
};

/** Whether a query value of this schema may be given more than once. */
export const takesMany = (schema: z.core.$ZodType): boolean => {
  const { def } = (unwrapped(schema) as z.core.$ZodTypes)._zod;
  return def.type === 'array' || (def.type === 'union' && def.options.some(takesMany));
};

/** The fields of an object schema; null: it is none. */
export const shapeOf = (
  schema: z.core.$ZodType,
): Readonly<Record<string, z.core.$ZodType>> | null => {
  const { def } = (unwrapped(schema) as z.core.$ZodTypes)._zod;
  return def.type === 'object' ? def.shape : null;
};

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  let at = schema;
  for (let depth = 0; depth < DEEPEST; depth += 1) {
    const inner = innerOf(at);
    if (inner === null) return at;
    at = inner;
  }
  return at;
}

/** What a wrapper such as `.optional()` or `z.preprocess()` wraps; null: the schema is no wrapper. */
function innerOf(schema: z.core.$ZodType): z.core.$ZodType | null {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
    case 'success':
    case 'promise':
      return def.innerType;
    case 'lazy':
      return def.getter();
    case 'pipe':
      // `z.preprocess` is a transform in front of the schema, `.transform()` one behind it.
      return def.in._zod.def.type === 'transform' ? def.out : def.in;
    default:
      return null;
  }
}

function namesOf(keyType: z.core.$ZodType): readonly string[] | null {
  const { def } = (keyType as z.core.$ZodTypes)._zod;
  if (def.type === 'enum') return Object.values(def.entries).map(String);
  if (def.type === 'literal') return def.values.map(String);
  return null;
}

const isObject = (data: unknown): data is Record<string, unknown> =>
  typeof data === 'object' && data !== null && !Array.isArray(data) && !ArrayBuffer.isView(data);

/** Longer names than any of ours are no slip of the fingers. */
const LONGEST_COMPARED = 64;

/** `maxAttempts`, `Max-Attempts` and `max_attempts` are one name. */
const folded = (name: string): string =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll(/[\s.-]+/g, '_');

/** The name that differs by case, by its way of joining words, or by one slip in four letters. */
export function nearest(key: string, known: readonly string[]): string | null {
  if (key.length > LONGEST_COMPARED) return null;
  const wanted = folded(key);
  const most = Math.min(3, Math.floor(wanted.length / 4));
  let best: { readonly name: string; readonly distance: number } | null = null;
  for (const name of known) {
    const distance = editDistance(wanted, folded(name));
    if (distance <= most && (best === null || distance < best.distance)) best = { name, distance };
  }
  return best?.name ?? null;
}

/** The same name in another place of the same request: `delay_seconds` of a queue stands in `settings`. */
function elsewhere(schema: z.core.$ZodType, key: string, path: readonly string[]): string | null {
  if (key.length > LONGEST_COMPARED) return null;
  const wanted = folded(key);
  const search = (at: z.core.$ZodType, prefix: readonly string[]): string | null => {
    if (prefix.length > DEEPEST) return null;
    const fields = Object.entries(shapeOf(at) ?? {});
    for (const [name] of fields) {
      const whole = [...prefix, name];
      if (folded(name) === wanted && whole.join('.') !== path.join('.')) return whole.join('.');
    }
    for (const [name, field] of fields) {
      const inner = search(field, [...prefix, name]);
      if (inner !== null) return inner;
    }
    return null;
  };
  return search(schema, []);
}

/** Optimal string alignment: inserting, leaving out, changing a letter, and swapping two neighbours each count one. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
