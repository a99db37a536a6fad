/** As much of an OpenAPI 3.1 document as a walk through its string fields needs. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}
interface Operation {
  readonly operationId?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { schema?: Schema }>> };
}
interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly required?: boolean;
  readonly schema?: Schema;
}
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly minLength?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

/** One request, and the one place in it that holds the string. */
export interface FilledRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Record<string, string>;
  /** A form where the operation reads one. */
  readonly body?: Json | FormData;
}
type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A place for a string: which operation, and where in it. */
export interface StringField {
  /** Such as `POST /api/leads`. */
  readonly operation: string;
  /** Such as `body.phone_number` or `query.q`. */
  readonly field: string;
  filledWith(text: string): FilledRequest;
}

/** What a test knows better than the document: ids that exist, and bodies that are taken. */
export interface Known {
  /** For a path parameter, or for a field of a body that is an id. */
  id(path: string, name: string): string;
  /** A body that the operation takes; left out: one is made of what its schema requires. */
  body?(operation: string): Json | undefined;
}

/** Every place of every operation into which a string can be put; an id, a time or one of several words is one too. */
export function stringFields(document: ApiDocument, known: Known): StringField[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) =>
      fieldsOf(document, known, path, method.toUpperCase(), operation),
    ),
  );
}

type Place = readonly (string | number)[];

function fieldsOf(
  document: ApiDocument,
  known: Known,
  path: string,
  method: string,
  operation: Operation,
): StringField[] {
  const name = `${method} ${path}`;
  const parameters = operation.parameters ?? [];
  const [type, content] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  const isForm = type === 'multipart/form-data';
  const schema = content?.schema;
  const sampler = createSampler(document, (field) => known.id(path, field));
  const base = known.body?.(name) ?? (schema === undefined ? undefined : sampler.sample(schema));

  const build = (
    values: Readonly<Record<string, string>>,
    body: Json | undefined,
  ): FilledRequest => {
    const valueFor = (parameter: Parameter): string | undefined =>
      values[`${parameter.in}.${parameter.name}`] ??
      (parameter.required
        ? String(sampler.sample(parameter.schema ?? {}, parameter.name))
        : undefined);
    let filled = path;
    const query = new URLSearchParams();
    const headers: Record<string, string> = {};
    for (const parameter of parameters) {
      const value = valueFor(parameter);
      if (value === undefined) continue;
      if (parameter.in === 'path') {
        filled = filled.replace(`{${parameter.name}}`, escaped(value));
      }
      if (parameter.in === 'query') query.set(parameter.name, value);
      if (parameter.in === 'header') headers[parameter.name] = headerSafe(value);
    }
    const search = query.size === 0 ? '' : `?${query}`;
    return {
      method,
      path: `${filled}${search}`,
      headers,
      ...(body !== undefined && { body: isForm ? formOf(body) : body }),
    };
  };

  const inParameters = parameters.map((parameter) => {
    const field = `${parameter.in}.${parameter.name}`;
    return {
      operation: name,
      field,
      filledWith: (text: string) => build({ [field]: text }, base),
    };
  });
  const places = schema === undefined ? [] : sampler.places(schema);
  const inBody = places.map((place) => ({
    operation: name,
    field: ['body', ...place].join('.'),
    filledWith: (text: string) => build({}, put(base, place, text)),
  }));
  return [...inParameters, ...inBody];
}

/** A lone surrogate cannot be written in an address: what a client would send in its stead is sent. */
const escaped = (text: string): string => encodeURIComponent(Buffer.from(text).toString());

/** The bytes that a header can hold; the others are tried over a bare socket. */
const headerSafe = (text: string): string =>
  text.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '?').trim();

function formOf(body: Json): FormData {
  const form = new FormData();
  const fields = typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {};
  for (const [name, value] of Object.entries(fields)) {
    if (name === 'file') continue;
    form.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
  const file = (fields as Record<string, Json>).file;
  const text = typeof file === 'string' ? file : 'Name,Phone\nAda,+12025550143\n';
  form.set('file', new Blob([text], { type: 'text/csv' }), 'leads.csv');
  return form;
}

/** A copy with the text there; what is missing on the way is made. */
function put(into: Json | undefined, place: Place, text: string): Json {
  const [step, ...rest] = place;
  if (step === undefined) return text;
  if (typeof step === 'number') {
    const list: Json[] = Array.isArray(into) ? [...into] : [];
    list[step] = put(list[step], rest, text);
    return list;
  }
  const object = typeof into === 'object' && into !== null && !Array.isArray(into) ? into : {};
  // The name of the key is the text itself.
  if (step === KEY) return { ...object, [text]: put(undefined, rest, 'x') };
  return { ...object, [step]: put((object as Record<string, Json>)[step], rest, text) };
}

/** Where a key may be named freely, its name is a place too. */
const KEY = '<key>';
const DEEPEST = 8;

function createSampler(document: ApiDocument, id: (field: string) => string) {
  function resolved(schema: Schema): Schema {
    if (schema.$ref !== undefined) {
      const name = schema.$ref.split('/').at(-1) ?? '';
      return resolved(document.components?.schemas?.[name] ?? {});
    }
    if (schema.allOf === undefined) return schema;
    const parts = [{ ...schema, allOf: undefined }, ...schema.allOf.map(resolved)];
    return {
      type: 'object',
      properties: Object.assign({}, ...parts.map(({ properties }) => properties)),
      required: parts.flatMap(({ required }) => required ?? []),
    };
  }

  const typeOf = ({ type }: Schema): string | undefined =>
    typeof type === 'string' ? type : type?.find((each) => each !== 'null');

  /** Something that the schema takes, and no more than it asks for. */
  function sample(given: Schema, field = ''): Json {
    const schema = resolved(given);
    if (schema.const !== undefined) return schema.const as Json;
    if (schema.default !== undefined) return schema.default as Json;
    if (schema.enum !== undefined) return schema.enum[0] as Json;
    const choices = schema.anyOf ?? schema.oneOf;
    const choice = choices?.find((each) => resolved(each).type !== 'null');
    if (choice !== undefined) return sample(choice, field);
    switch (typeOf(schema)) {
      case 'object': {
        const entries = (schema.required ?? []).map(
          (name) => [name, sample(schema.properties?.[name] ?? {}, name)] as const,
        );
        return Object.fromEntries(entries);
      }
      case 'array':
        return [sample(schema.items ?? {}, field)];
      case 'integer':
      case 'number':
        return schema.minimum ?? 1;
      case 'boolean':
        return false;
      default:
        return sampleText(schema, field);
    }
  }

  function sampleText({ format, minLength }: Schema, field: string): string {
    if (format === 'uuid' || /(^|_)ids?$/.test(field)) return id(field);
    if (format === 'email' || field === 'email') return 'person@tests.example';
    if (format === 'date-time') return '2026-01-15T12:00:00.000Z';
    if (format === 'date') return '2026-01-15';
    if (/phone/.test(field)) return '+12025550143';
    if (field === 'time_zone') return 'Europe/Berlin';
    return 'something'.padEnd(minLength ?? 0, '.');
  }

  /** Where strings go, in required and in optional fields. */
  function places(given: Schema, at: Place = []): Place[] {
    if (at.length > DEEPEST) return [];
    const schema = resolved(given);
    const choices = schema.anyOf ?? schema.oneOf;
    if (choices !== undefined) {
      const all = choices.flatMap((each) => places(each, at));
      return [...new Map(all.map((place) => [JSON.stringify(place), place])).values()];
    }
    switch (typeOf(schema)) {
      case 'string':
        return [at];
      case 'array':
        return places(schema.items ?? {}, [...at, 0]);
      case 'object': {
        const { properties = {}, additionalProperties: others } = schema;
        const named = Object.entries(properties).flatMap(([name, each]) =>
          places(each, [...at, name]),
        );
        const free = others === undefined || others === false ? [] : [[...at, KEY]];
        return [...named, ...free];
      }
      default:
        return schema.enum === undefined ? [] : [at];
    }
  }

  return { sample, places };
}
