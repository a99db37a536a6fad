import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { TAGS } from '@outdial/protocol';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { needsOfRoute } from '../access/authorize.js';
import { type ByContentType, NO_BODY } from './serve-operations.js';

/** The API document: made of the same schemas that every request is held against. */
export const openApiOptions = (version: string): FastifyDynamicSwaggerOptions => ({
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Outdial',
      version,
      description:
        'Outbound dialing for sales teams. JSON in snake_case, times in ISO 8601 and UTC, ids UUIDv7. ' +
        'Requests are closed: a field or a query value that an operation does not describe is a 400 that names it; answers may gain fields. ' +
        'Lists page with `limit` and `cursor`. Errors are `application/problem+json` with a stable `code`. ' +
        'Answers carry `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset` (seconds) where requests are limited; ' +
        'the one too many is a 429 with `Retry-After`. ' +
        "Live events come over Socket.IO at `/live`; connect with `transports: ['websocket']`.",
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'The server that this document comes from.' }],
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description:
            'An access token of `POST /api/auth/login`, good for ten minutes, or an API key, which an admin makes.',
        },
      },
    },
    security: [{ bearer: [] }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
  },
  transform,
  transformObject: (document) => tidy(jsonSchemaTransformObject(document) as ApiDocument) as never,
});

type Transform = NonNullable<FastifyDynamicSwaggerOptions['transform']>;

const transform: Transform = (route) => {
  const done = convertShapes(route);
  const isPublic = needsOfRoute(route.route.config) === 'public';
  return isPublic ? { ...done, schema: { ...done.schema, security: [] } } : done;
};

/** The library knows one schema per body; a body with several content types is done one by one. */
const convertShapes: Transform = (route) => {
  const body: unknown = route.schema?.body;
  if (body === NO_BODY) {
    const { body: _, ...rest } = route.schema;
    return jsonSchemaTransform({ ...route, schema: rest });
  }
  if (!isByContentType(body)) return jsonSchemaTransform(route);
  const { body: _, ...rest } = route.schema;
  const done = jsonSchemaTransform({ ...route, schema: rest });
  const content = Object.entries(body.content).map(([type, { schema }]) => {
    const { schema: converted } = jsonSchemaTransform({ ...route, schema: { body: schema } });
    return [type, { schema: converted.body }] as const;
  });
  return { ...done, schema: { ...done.schema, body: { content: Object.fromEntries(content) } } };
};

const isByContentType = (body: unknown): body is ByContentType =>
  typeof body === 'object' && body !== null && 'content' in body;

interface ApiDocument {
  paths?: Record<string, Record<string, ApiOperation>>;
  components?: { schemas?: Record<string, unknown> };
}

interface ApiOperation {
  parameters?: { in: string; name: string }[];
  requestBody?: unknown;
  responses?: Record<string, { description: string }>;
  security?: readonly object[];
}

/**
 * The library makes two components of every schema, `X` for answers and `XInput` for requests, used or not. A generated
 * client wants one type per shape: what is not used goes, and an input whose answer is not used, or is the same, is `X`.
 */
function tidy(document: ApiDocument): ApiDocument {
  for (const operations of Object.values(document.paths ?? {})) {
    for (const operation of Object.values(operations)) {
      for (const parameter of operation.parameters ?? []) {
        if (parameter.name === 'x-agent-id') parameter.name = 'X-Agent-Id';
      }
      for (const [status, response] of Object.entries(operation.responses ?? {})) {
        if (response.description === 'Default Response') {
          response.description = status === '201' ? 'Created.' : 'Done.';
        }
      }
    }
  }
  const schemas = document.components?.schemas ?? {};
  openOrClose(document, schemas);
  const used = usedSchemas(document.paths, schemas);
  const renamed = new Map<string, string>();
  const twofold = twofoldInputs(used, schemas);
  for (const name of used) {
    if (isInput(name) && !twofold.has(name)) renamed.set(name, plainName(name));
  }
  const kept = Object.fromEntries(
    [...used]
      .map((name): [string, unknown] => [renamed.get(name) ?? name, schemas[name]])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  const whole = { ...document, components: { ...document.components, schemas: kept } };
  return JSON.parse(JSON.stringify(whole), (key, value: unknown) => {
    if (key !== '$ref' || typeof value !== 'string') return value;
    const to = renamed.get(value.slice(REF.length));
    return to === undefined ? value : `${REF}${to}`;
  }) as ApiDocument;
}

const REF = '#/components/schemas/';

const isInput = (name: string): boolean => name.endsWith('Input');
const plainName = (name: string): string => name.slice(0, -'Input'.length);

/**
 * Requests are closed, as `checkRequest` refuses what it does not know. Answers are open: they may gain fields one day, and a client
 * that refuses them then would be a client that we broke.
 */
function openOrClose(document: ApiDocument, schemas: Record<string, unknown>): void {
  for (const [name, schema] of Object.entries(schemas)) (isInput(name) ? close : open)(schema);
  for (const operations of Object.values(document.paths ?? {})) {
    for (const operation of Object.values(operations)) {
      close(operation.requestBody);
      open(operation.responses);
    }
  }
}

const close = (within: unknown): void =>
  eachObject(within, (schema) => {
    if (isObjectSchema(schema)) schema.additionalProperties ??= false;
  });
const open = (within: unknown): void =>
  eachObject(within, (schema) => {
    if (isObjectSchema(schema) && schema.additionalProperties === false) {
      delete schema.additionalProperties;
    }
  });

/** Not a field that happens to be called `type` or `properties`. */
const isObjectSchema = (schema: Record<string, unknown>): boolean =>
  schema.type === 'object' && typeof schema.properties === 'object';

function eachObject(within: unknown, visit: (schema: Record<string, unknown>) => void): void {
  if (typeof within !== 'object' || within === null) return;
  if (!Array.isArray(within)) visit(within as Record<string, unknown>);
  for (const each of Object.values(within)) eachObject(each, visit);
}

/** The inputs that need a component of their own: the answer of the same name differs, or what one of both refers to does. */
function twofoldInputs(
  used: ReadonlySet<string>,
  schemas: Readonly<Record<string, unknown>>,
): ReadonlySet<string> {
  const inputs = [...used].filter((name) => isInput(name) && used.has(plainName(name)));
  const twofold = new Set(
    inputs.filter((name) => plainText(schemas[name]) !== plainText(schemas[plainName(name)])),
  );
  for (let before = -1; before !== twofold.size; ) {
    before = twofold.size;
    for (const name of inputs) {
      if (refersTo(schemas[name]).some((other) => twofold.has(other))) twofold.add(name);
    }
  }
  return twofold;
}

const plainText = (schema: unknown): string =>
  JSON.stringify(schema).replace(/(#\/components\/schemas\/\w+?)Input"/g, '$1"');
const refersTo = (schema: unknown): string[] =>
  [...JSON.stringify(schema).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(
    ([, name]) => name ?? '',
  );

function usedSchemas(paths: unknown, schemas: Readonly<Record<string, unknown>>): Set<string> {
  const used = new Set<string>();
  const look = (value: unknown): void => {
    for (const name of refersTo(value ?? null)) {
      if (used.has(name)) continue;
      used.add(name);
      look(schemas[name]);
    }
  };
  look(paths);
  return used;
}
