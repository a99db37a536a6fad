import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { ROUTE_PERMISSIONS } from '../access/route-permissions.js';
import { type ByContentType, TAGS } from './operation.js';

/** The API document: made of the same schemas that every request is held against. */
export const openApiOptions = (version: string): FastifyDynamicSwaggerOptions => ({
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Outdial',
      version,
      description:
        'Outbound dialing for sales teams. JSON in snake_case, times in ISO 8601 and UTC, ids UUIDv7. ' +
        'Lists page with `limit` and `cursor`. Errors are `application/problem+json` with a stable `code`. ' +
        'Answers carry `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset` (seconds) where requests are limited; ' +
        'the one too many is a 429 with `Retry-After`. ' +
        "Live events come over Socket.IO at `/live`; connect with `transports: ['websocket']`.",
      license: { name: 'MIT', identifier: 'MIT' },
    },
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

/** The library knows one schema per body; a body with several content types is done one by one. */
const transform: Transform = (route) => {
  const body: unknown = route.schema?.body;
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
  responses?: Record<string, { description: string }>;
  security?: readonly object[];
}

/**
 * The library makes two components of every schema, `X` for answers and `XInput` for requests, used or not. A generated
 * client wants one type per shape: what is not used goes, and an input whose answer is not used, or is the same, is `X`.
 */
function tidy(document: ApiDocument): ApiDocument {
  for (const [path, operations] of Object.entries(document.paths ?? {})) {
    for (const [method, operation] of Object.entries(operations)) {
      if (isPublic(method, path)) operation.security = [];
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
  const used = usedSchemas(document.paths, schemas);
  const renamed = new Map<string, string>();
  for (const name of used) {
    if (!name.endsWith('Input')) continue;
    const plain = name.slice(0, -'Input'.length);
    if (!used.has(plain) || sameShape(schemas[plain], schemas[name])) renamed.set(name, plain);
  }
  const kept = Object.fromEntries(
    [...used]
      .map((name): [string, unknown] => [renamed.get(name) ?? name, schemas[name]])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  const whole = { ...document, components: { ...document.components, schemas: kept } };
  return JSON.parse(JSON.stringify(whole), (key, value: unknown) => {
    // Answers may gain fields one day; a client that refuses them then would be a client that we broke.
    if (key === 'additionalProperties' && value === false) return undefined;
    if (key !== '$ref' || typeof value !== 'string') return value;
    const to = renamed.get(value.slice(REF.length));
    return to === undefined ? value : `${REF}${to}`;
  }) as ApiDocument;
}

/** The document writes `{id}` where routes have `:id`. */
const isPublic = (method: string, path: string): boolean =>
  ROUTE_PERMISSIONS[`${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`] === 'public';

const REF = '#/components/schemas/';

const sameShape = (a: unknown, b: unknown): boolean =>
  bare(a) === bare(b).replace(/(#\/components\/schemas\/\w+?)Input"/g, '$1"');
const bare = (schema: unknown): string =>
  JSON.stringify(schema).replaceAll(',"additionalProperties":false', '');

function usedSchemas(paths: unknown, schemas: Readonly<Record<string, unknown>>): Set<string> {
  const used = new Set<string>();
  const look = (value: unknown): void => {
    for (const [, name] of (JSON.stringify(value) ?? '').matchAll(
      /"#\/components\/schemas\/(\w+)"/g,
    )) {
      if (name === undefined || used.has(name)) continue;
      used.add(name);
      look(schemas[name]);
    }
  };
  look(paths);
  return used;
}
