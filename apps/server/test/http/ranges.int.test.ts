import { afterAll, beforeAll, expect, it } from 'vitest';
import { createStage, expectProblem, type Stage } from '../harness/stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await createStage();
});
afterAll(() => stage.close());

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema?: { readonly format?: string };
}

it('a range that ends before it begins is refused by every route that has one', async () => {
  const { body } = await stage.request('GET', '/api/openapi.json');
  const paths = Object.entries(
    body.paths as Record<string, { get?: { parameters?: Parameter[] } }>,
  );
  const ranged = paths.flatMap(([path, { get }]) => {
    const named = (name: string) => get?.parameters?.find((each) => each.name === name);
    const [from, to] = [named('from'), named('to')];
    return from === undefined || to === undefined
      ? []
      : [{ path, day: from.schema?.format === 'date' }];
  });
  expect(ranged.map(({ path }) => path).sort()).toEqual(
    expect.arrayContaining([
      '/api/audit',
      '/api/history',
      '/api/history/export.csv',
      '/api/reports',
      '/api/stats',
    ]),
  );
  for (const { path, day } of ranged) {
    const range = day
      ? 'from=2026-11-21&to=2026-11-20'
      : 'from=2026-11-20T12:00:00Z&to=2026-11-20T12:00:00%2B02:00';
    const answer = await stage.request('GET', `${path}?${range}`);
    expect({ path, status: answer.status }).toEqual({ path, status: 400 });
    expect(expectProblem(answer, 400, 'invalid_request').errors).toEqual([
      { field: 'from', message: 'is after to' },
    ]);
    const same = day
      ? 'from=2026-11-20&to=2026-11-20'
      : 'from=2026-11-20T12:00:00Z&to=2026-11-20T14:00:00%2B02:00';
    expect((await stage.request('GET', `${path}?${same}`)).status).toBeLessThan(300);
  }
});

it('the API document says which fields go together', async () => {
  const { body } = await stage.request('GET', '/api/openapi.json');
  const text = JSON.stringify(body);
  for (const said of [
    'Either queue_id or lead_ids: exactly one of the two.',
    'Exactly one of phone_number, email and lead_id.',
    'start is before end',
  ]) {
    expect(text).toContain(said);
  }
});
