import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStage, type Stage, UNKNOWN_ID } from '../harness/stage.js';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly propertyNames?: Schema;
  readonly enum?: readonly string[];
}
interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly { readonly name: string; readonly schema: Schema }[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
  };
}
type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

const KEY = 'quite_unheard_of';

describe('an unknown field', () => {
  let stage: Stage;
  let schemas: Readonly<Record<string, Schema>>;
  let operations: readonly {
    readonly path: string;
    readonly method: Method;
    readonly operation: Operation;
  }[];

  /** The operations whose routes have a schema to hold their query against. */
  const closedQueries = new Set<string>();

  beforeAll(async () => {
    stage = await createStage({
      http: {
        watch: (app) =>
          app.addHook('onRoute', ({ schema }) => {
            if (schema?.operationId && schema.querystring) closedQueries.add(schema.operationId);
          }),
      },
    });
    const document = (await stage.request('GET', '/api/openapi.json')).body;
    schemas = document.components.schemas;
    operations = Object.entries<Record<string, Operation>>(document.paths)
      .flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, operation]) => ({
          path: path.replaceAll(/\{(\w+)\}/g, (_, name) => {
            const known = operation.parameters?.find((parameter) => parameter.name === name);
            return resolved(known?.schema ?? {}).enum?.[0] ?? UNKNOWN_ID;
          }),
          method: method.toUpperCase() as Method,
          operation,
        })),
      )
      // Providers add fields whenever they like.
      .filter(({ operation }) => !operation.tags.includes('webhooks'));
  });
  afterAll(() => stage.close());

  const resolved = (schema: Schema): Schema =>
    schema.$ref === undefined
      ? schema
      : resolved(schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {});

  interface Place {
    readonly at: readonly (string | number)[];
    readonly schema: Schema;
  }
  /** Where objects are, as paths from the body. */
  function objects(given: Schema, at: Place['at'] = []): Place[] {
    const schema = resolved(given);
    const parts = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
    const here = schema.properties === undefined ? [] : [{ at, schema }];
    const named = Object.entries(schema.properties ?? {}).flatMap(([name, each]) =>
      objects(each, [...at, name]),
    );
    const key = resolved(schema.propertyNames ?? {}).enum?.[0] ?? 'any';
    const free =
      typeof schema.additionalProperties === 'object'
        ? objects(schema.additionalProperties, [...at, key])
        : [];
    const items = schema.items === undefined ? [] : objects(schema.items, [...at, 0]);
    return [...here, ...named, ...free, ...items, ...parts.flatMap((part) => objects(part, at))];
  }

  const bodyWith = (path: Place['at'], leaf: unknown): unknown =>
    path.reduceRight<unknown>(
      (inner, step) => (typeof step === 'number' ? [inner] : { [step]: inner }),
      leaf,
    );

  it('an unknown field in the query is refused by name by every operation', async () => {
    expect(operations.length).toBeGreaterThan(90);
    const spokeOfBody: string[] = [];
    for (const { path, method, operation } of operations) {
      const body = method === 'GET' ? undefined : {};
      for (const key of [KEY, '__proto__', 'constructor']) {
        const answer = await stage.request(method, `${path}?${key}=1`, body);
        const what = `${method} ${path}?${key}: ${answer.text}`;
        expect(answer.status, what).toBe(400);
        expect(answer.headers['content-type'], what).toMatch(/^application\/problem\+json/);
        expect(answer.body.code, what).toBe('invalid_request');
        // Of a body that lacks fields Fastify speaks first.
        if (answer.body.errors[0].field !== key) spokeOfBody.push(operation.operationId);
        else expect(answer.body.errors, what).toEqual([{ field: key, message: 'is unknown.' }]);
      }
    }
    expect(spokeOfBody.filter((id) => !closedQueries.has(id))).toEqual([]);
    expect([...closedQueries]).toEqual(
      expect.arrayContaining(operations.map(({ operation }) => operation.operationId)),
    );
  });

  it('an unknown field in the body is refused by name by every operation, at every depth', async () => {
    let places = 0;
    for (const { path, method, operation } of operations) {
      if (method === 'GET') continue;
      const schema = operation.requestBody?.content['application/json']?.schema;
      const inside = schema === undefined ? [{ at: [] }] : objects(schema);
      for (const { at } of inside) {
        places += 1;
        const answer = await stage.request(method, path, bodyWith(at, { [KEY]: 1 }));
        const what = `${operation.operationId} at ${at.join('.')}: ${answer.text}`;
        expect(answer.status, what).toBe(400);
        expect(answer.body.errors, what).toContainEqual({
          field: [...at, KEY].join('.'),
          message: 'is unknown.',
        });
        expect(answer.body.detail, what).toContain(`Unknown field \`${[...at, KEY].join('.')}\``);
      }
    }
    expect(places).toBeGreaterThan(60);
  });

  it('an unknown field is no part of what the API document says of any request, and may become one of answers', () => {
    for (const { operation } of operations) {
      for (const { schema } of Object.values(operation.requestBody?.content ?? {})) {
        for (const place of objects(schema)) {
          const what = `${operation.operationId} at ${place.at.join('.')}`;
          expect(place.schema.additionalProperties, what).toBe(false);
        }
      }
    }
    expect(schemas.Queue?.additionalProperties).toBeUndefined();
    expect(schemas.CreateQueue?.additionalProperties).toBe(false);
  });

  it('an unknown field of a queue that would decide who is called when is never dropped', async () => {
    const answer = await stage.request('POST', '/api/queues', {
      name: 'Weekdays only',
      max_attempts_per_day: 3,
      settings: {
        holidays: ['2026-12-25'],
        calling_window: { start: '09:00', end: '17:00', enforce: true, days: ['MON'] },
      },
    });
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map(({ field }: { field: string }) => field)).toEqual([
      'max_attempts_per_day',
      'settings.holidays',
      'settings.calling_window.days',
    ]);
    const { queues } = (await stage.request('GET', '/api/queues?q=Weekdays')).body;
    expect(queues).toEqual([]);
  });

  it('an unknown field that is a known one in another case, spelling or place comes with the right name', async () => {
    const session = await stage.request('POST', '/api/dialer/sessions', {
      agentId: UNKNOWN_ID,
      lead_ids: [UNKNOWN_ID],
      wrap_up_seconds: 5,
    });
    expect(session.body.errors).toEqual([
      { field: 'agentId', message: 'is unknown. Did you mean `agent_id`?' },
      { field: 'wrap_up_seconds', message: 'is unknown.' },
      { field: 'agent_id', message: 'is missing' },
    ]);
    const queue = await stage.request('POST', '/api/queues', { name: 'X', wrap_up_seconds: 5 });
    expect(queue.body.detail).toBe(
      'Unknown field `wrap_up_seconds`. Did you mean `settings.wrap_up_seconds`? Correct it and send it again.',
    );
    const list = await stage.request('GET', '/api/leads?Limit=5');
    expect(list.body.errors).toEqual([
      { field: 'Limit', message: 'is unknown. Did you mean `limit`?' },
    ]);
  });

  it('an unknown field has a sibling in a query value that is given twice, which is refused unless it is a list', async () => {
    for (const query of ['limit=5&limit=5', 'q=a&q=b', 'sort=name&sort=-name']) {
      const answer = await stage.request('GET', `/api/leads?${query}`);
      const [field] = query.split('=');
      expect(answer.body.errors).toEqual([{ field, message: 'is given more than once' }]);
    }
    const many = await stage.request('GET', '/api/leads?industry=Steel&industry=Glass');
    expect(many.status).toBe(200);
  });

  it('an unknown field of the prototype is refused in a body', async () => {
    for (const body of ['{"__proto__":{}}', '{"constructor":{"prototype":{}}}', '{"toString":1}']) {
      const answer = await stage.request('POST', '/api/dialer/pause', body, {
        'content-type': 'application/json',
      });
      expect(answer.status, body).toBe(400);
    }
  });
});
