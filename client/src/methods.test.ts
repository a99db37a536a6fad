import { operations } from '@outdial/protocol';
import { describe, expect, it } from 'vitest';
import { createClient } from './client.js';

interface Sent {
  readonly url: string;
  readonly method: string | undefined;
  readonly body: unknown;
  readonly authorization: string | null;
  readonly keepalive: boolean | undefined;
}

/** A client whose requests are kept instead of sent. */
function clientThatKeeps(answer: () => Response = () => Response.json({})) {
  const sent: Sent[] = [];
  const client = createClient({
    baseUrl: 'http://dialer.test/under',
    token: 'the token',
    fetch: async (input, init = {}) => {
      sent.push({
        url: String(input),
        method: init.method,
        body: init.body instanceof FormData ? init.body : JSON.parse(String(init.body ?? 'null')),
        authorization: new Headers(init.headers).get('authorization'),
        keepalive: init.keepalive,
      });
      return answer();
    },
  });
  return { client, sent };
}

describe('a method of the client', () => {
  it('a method of the client takes what is in the path, then the body, then how to send it', async () => {
    const { client, sent } = clientThatKeeps();
    await client.calls.saveNote('a/b c', { text: 'Hm.', revision: 1 }, { keepalive: true });
    expect(sent).toEqual([
      {
        url: 'http://dialer.test/under/api/calls/a%2Fb%20c/note',
        method: 'PUT',
        body: { text: 'Hm.', revision: 1 },
        authorization: 'Bearer the token',
        keepalive: true,
      },
    ]);
  });

  it('a method of the client takes the query behind the path, leaves out what is undefined, and repeats a key for a list', async () => {
    const { client, sent } = clientThatKeeps();
    await client.imports.lines('1', { fate: 'refused', code: undefined, limit: 5 });
    await client.leads.list({ industry: ['A', 'B'] });
    await client.leads.list();
    expect(sent.map(({ url }) => url.split('/api')[1])).toEqual([
      '/imports/1/lines?fate=refused&limit=5',
      '/leads?industry=A&industry=B',
      '/leads',
    ]);
  });

  it('a method of the client ends its request with a signal that stands alone behind the other arguments', async () => {
    const ended = new AbortController();
    const client = createClient({
      baseUrl: 'http://dialer.test',
      fetch: async (_input, init) => {
        ended.abort(new Error('No longer wanted.'));
        init?.signal?.throwIfAborted();
        return Response.json({});
      },
    });
    await expect(client.leads.get('1', ended.signal)).rejects.toThrow('No longer wanted.');
  });

  it('a method of the client sends a file with its options as a form, the file behind the fields', async () => {
    const { client, sent } = clientThatKeeps();
    const file = { content: new Blob(['name\n']), name: 'leads.csv' };
    await client.imports.start(file, { duplicates: 'update', mapping: { name: 'name' } });
    const form = sent[0]?.body as FormData;
    expect([...form.keys()]).toEqual(['duplicates', 'mapping', 'file']);
    expect(form.get('mapping')).toBe('{"name":"name"}');
    expect((form.get('file') as File).name).toBe('leads.csv');
  });

  it('a method of the client shows no token where the operation is public', async () => {
    const { client, sent } = clientThatKeeps();
    await client.auth.login({ email: 'a@b.example', password: 'secret' });
    await client.auth.me();
    expect(sent.map(({ authorization }) => authorization)).toEqual([null, 'Bearer the token']);
  });

  it('a method of the client reads a file with the name that the server gives it', async () => {
    const { client } = clientThatKeeps(
      () =>
        new Response('a,b\n', {
          headers: { 'content-disposition': 'attachment; filename="calls.csv"' },
        }),
    );
    const { content, name } = await client.history.exportCsv();
    expect(name).toBe('calls.csv');
    expect(await content.text()).toBe('a,b\n');
  });

  it('a method of the client is there for every operation of the protocol', () => {
    const { client } = clientThatKeeps();
    for (const [resource, methods] of Object.entries(operations)) {
      const of = client[resource as keyof typeof client];
      expect(Object.keys(of).sort(), resource).toEqual(Object.keys(methods).sort());
    }
  });
});

describe('the operations of the protocol', () => {
  const all = Object.values(operations).flatMap((resource) => Object.values(resource));

  it('describe each parameter of their path, and no other', () => {
    for (const operation of all) {
      const inPath = [...operation.path.matchAll(/:(\w+)/g)].map(([, name]) => name);
      const described = 'params' in operation ? Object.keys(operation.params.shape) : [];
      expect(described.sort(), operation.id).toEqual(inPath.sort());
    }
  });

  it('the operations of the protocol have one id each, and no two the same method and path', () => {
    const ids = all.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const places = all.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(places).size).toBe(places.length);
  });
});
