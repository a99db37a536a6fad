import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findUnknownFields, nearest } from './unknown-fields.js';

const Window = z.object({ start: z.string(), end: z.string() }).refine((w) => w.start < w.end);
const Rule = z.object({ delay_seconds: z.number(), tries: z.number().nullable() });
const Body = z
  .object({
    name: z.string(),
    settings: z
      .object({
        wrap_up_seconds: z.number(),
        calling_window: Window.nullable(),
        retry_rules: z.partialRecord(z.enum(['BUSY', 'NO_ANSWER']), Rule),
      })
      .partial()
      .default({}),
    people: z.array(z.object({ id: z.string() })).optional(),
    labels: z.record(z.string(), Rule).optional(),
    raw: z.looseObject({ kind: z.string() }).optional(),
    address: z.preprocess((v) => v, z.object({ city: z.string() }).nullable()).optional(),
    target: z
      .discriminatedUnion('kind', [
        z.object({ kind: z.literal('queue'), queue_id: z.string() }),
        z.object({ kind: z.literal('leads'), lead_ids: z.array(z.string()) }),
      ])
      .optional(),
    both: z.intersection(z.object({ a: z.number() }), z.object({ b: z.number() })).optional(),
  })
  .refine(() => true);

const found = (data: unknown) => findUnknownFields(Body, data).map(({ path }) => path.join('.'));
const meant = (data: unknown) => findUnknownFields(Body, data).map((each) => each.meant);

describe('unknown fields', () => {
  it.each([
    ['at the top', { holidays: [] }, 'holidays'],
    ['in an object', { settings: { days: [1] } }, 'settings.days'],
    ['two deep', { settings: { calling_window: { days: [1] } } }, 'settings.calling_window.days'],
    [
      'as a name that an enum does not have',
      { settings: { retry_rules: { BUSSY: {} } } },
      'settings.retry_rules.BUSSY',
    ],
    [
      'in the value of such a name',
      { settings: { retry_rules: { BUSY: { max: 1 } } } },
      'settings.retry_rules.BUSY.max',
    ],
    ['in a list', { people: [{ id: 'a' }, { id: 'b', age: 3 }] }, 'people.1.age'],
    ['under a free key', { labels: { anything: { x: 1 } } }, 'labels.anything.x'],
    ['behind a preprocess', { address: { city: 'A', zip: '1' } }, 'address.zip'],
    ['in a union', { target: { kind: 'queue', queue_id: 'q', lines: 2 } }, 'target.lines'],
    [
      'of another option of the union',
      { target: { kind: 'queue', queue_id: 'q', lead_ids: [] } },
      'target.lead_ids',
    ],
    ['in an intersection', { both: { a: 1, b: 2, c: 3 } }, 'both.c'],
    ['that every object inherits', { constructor: 1 }, 'constructor'],
    ['in capitals', { Name: 'x' }, 'Name'],
  ])('%s are found', (_where, data, field) => {
    expect(found(data)).toEqual([field]);
  });

  it('unknown fields are none where the schema is open, or the value is no object', () => {
    expect(found({ raw: { kind: 'x', more: { deep: 1 } } })).toEqual([]);
    expect(found({ labels: { anything: { delay_seconds: 1, tries: 2 } } })).toEqual([]);
    for (const data of [null, undefined, 'text', 3, [], [{ x: 1 }]])
      expect(found(data)).toEqual([]);
    expect(found({ settings: null, people: 'x', both: 3 })).toEqual([]);
  });

  it('unknown fields come with the known name that is near', () => {
    expect(meant({ nmae: 'x' })).toEqual(['name']);
    expect(meant({ settings: { wrapUpSeconds: 1 } })).toEqual(['settings.wrap_up_seconds']);
    expect(meant({ settings: { 'Wrap-Up-Second': 1 } })).toEqual(['settings.wrap_up_seconds']);
    expect(meant({ settings: { retry_rules: { no_answer: {} } } })).toEqual([
      'settings.retry_rules.NO_ANSWER',
    ]);
    expect(meant({ holidays: [] })).toEqual([null]);
  });

  it('unknown fields come with the place where the request knows the name', () => {
    expect(meant({ wrap_up_seconds: 5 })).toEqual(['settings.wrap_up_seconds']);
    expect(meant({ settings: { name: 'x' } })).toEqual(['name']);
  });

  it('unknown fields are named up to twenty times, however many there are', () => {
    const many = Object.fromEntries(Array.from({ length: 60_000 }, (_, at) => [`k${at}`, 1]));
    expect(found(many)).toHaveLength(20);
  });
});

describe('the nearest name', () => {
  it.each([
    ['emial', 'email'],
    ['QueueId', 'queue_id'],
    ['queue', null],
    ['id', null],
    ['x'.repeat(10_000), null],
  ])('of %s is found only where it is near', (key, name) => {
    expect(nearest(key, ['email', 'queue_id', 'lines'])).toBe(name);
  });
});
