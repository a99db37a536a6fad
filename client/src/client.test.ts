import { describe, expect, it } from 'vitest';
import { createClient } from './client.js';
import { ApiError, NetworkError, UnexpectedAnswerError } from './problems.js';

const json = (status: number, body: unknown) =>
  new Response(body === undefined ? null : JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json' },
  });

function clientAnswering(answer: Response | Error, options: { checkAnswers?: boolean } = {}) {
  const seen: Request[] = [];
  const client = createClient({
    baseUrl: 'http://outdial.test/',
    agentId: 'agent-1',
    fetch: (input, init) => {
      seen.push(new Request(input as string, init));
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    ...options,
  });
  return { client, seen };
}

describe('requests', () => {
  it('requests name the acting agent, repeat list filters and leave out unset values', async () => {
    const { client, seen } = clientAnswering(json(200, { leads: [], total: 0, next_cursor: null }));
    await client.leads.list({ industry: ['Software', 'Retail'], q: '', cursor: undefined });
    expect(seen[0]?.url).toBe('http://outdial.test/api/leads?industry=Software&industry=Retail');
    expect(seen[0]?.headers.get('x-agent-id')).toBe('agent-1');
  });

  it('a request sends a phone number in a path as one segment', async () => {
    const { client, seen } = clientAnswering(new Response(null, { status: 204 }));
    await expect(client.suppressions.remove('+12025550110')).resolves.toBeUndefined();
    expect(seen[0]?.url).toBe('http://outdial.test/api/suppressions/%2B12025550110');
  });

  it('a request sends a CSV as a form, with its mapping as JSON', async () => {
    const { client, seen } = clientAnswering(json(202, {}));
    await client.imports.start(
      { content: new Blob(['Name\nAda']), name: 'people.csv' },
      { mapping: { Name: 'name' }, duplicates: 'update' },
    );
    const form = await seen[0]?.formData();
    expect(form?.get('mapping')).toBe('{"Name":"name"}');
    expect(form?.get('duplicates')).toBe('update');
    expect((form?.get('file') as File | undefined)?.name).toBe('people.csv');
  });
});

describe('failures', () => {
  it('a failure carries the problem with its code and the invalid fields', async () => {
    const problem = {
      type: 'https://outdial.test/errors#invalid_phone_number',
      title: 'Invalid phone number',
      status: 400,
      detail: 'The number is too short.',
      code: 'invalid_phone_number',
      errors: [{ field: 'phone_number', message: 'is too short' }],
    };
    const { client } = clientAnswering(json(400, problem));
    const error = await client.leads.create({ name: 'Ada', phone_number: '1' }).catch((e) => e);
    expect(error).toBeInstanceOf(ApiError);
    expect(error.code).toBe('invalid_phone_number');
    expect(error.message).toBe('The number is too short.');
    expect(error.errors).toEqual([{ field: 'phone_number', message: 'is too short' }]);
  });

  it('a failure of a proxy still reads as a problem', async () => {
    const { client } = clientAnswering(new Response('<h1>Bad gateway</h1>', { status: 502 }));
    const error = await client.dialer.status().catch((e) => e);
    expect(error).toBeInstanceOf(ApiError);
    expect(error.code).toBe('not_ready');
  });

  it('a network failure differs from an error response', async () => {
    const { client } = clientAnswering(new TypeError('fetch failed'));
    const error = await client.dialer.pause().catch((e) => e);
    expect(error).toBeInstanceOf(NetworkError);
    expect(error.cause).toBeInstanceOf(TypeError);
  });

  it('an undocumented response is a failure when responses are checked', async () => {
    const { client } = clientAnswering(json(200, { leads: 'none' }), { checkAnswers: true });
    await expect(client.leads.list()).rejects.toBeInstanceOf(UnexpectedAnswerError);
  });
});
