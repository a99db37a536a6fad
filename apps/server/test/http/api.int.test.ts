import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as rawRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ERROR_CODES } from '@outdial/protocol';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorsPage, HTTP_STATUS } from '../../src/http/problems.js';
import { createStage, expectProblem, type Stage, UNKNOWN_ID } from '../harness/stage.js';
import { AS_ADMIN } from '../harness/stage-access.js';

describe('the API', () => {
  let stage: Stage;
  let webRoot: string;
  beforeAll(async () => {
    webRoot = await mkdtemp(join(tmpdir(), 'outdial-web-'));
    await mkdir(join(webRoot, 'assets'));
    await writeFile(join(webRoot, 'index.html'), '<!doctype html><title>Outdial</title>');
    await writeFile(join(webRoot, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
    await writeFile(join(webRoot, 'assets', 'app-Bd3x.js'), 'console.log(1)');
    stage = await createStage({ http: { webRoot, publicUrl: 'https://dialer.example.com' } });
    await stage.addAgent('Api Agent');
  });
  afterAll(async () => {
    await stage.close();
    await rm(webRoot, { recursive: true });
  });

  describe('its document', () => {
    // biome-ignore lint/suspicious/noExplicitAny: a document of free shape.
    let document: any;
    beforeAll(async () => {
      document = (await stage.request('GET', '/api/openapi.json')).body;
    });
    interface Operation {
      operationId: string;
      tags: string[];
      summary: string;
      requestBody?: object;
      parameters?: { name: string; in: string; required?: boolean }[];
      responses: Record<string, { content?: Record<string, unknown> }>;
    }
    const operations = (): [path: string, method: string, operation: Operation][] =>
      Object.entries<Record<string, Operation>>(document.paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, operation]): [string, string, Operation] => [
          path,
          method,
          operation,
        ]),
      );

    it('its document is valid OpenAPI 3.1', async () => {
      expect(document.openapi).toBe('3.1.0');
      const { valid, errors } = await new Validator().validate(structuredClone(document));
      expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
    });

    it('its document names every operation once, with a tag, a summary and its errors as problems', () => {
      const names = operations().map(([, , { operationId }]) => operationId);
      expect(names).not.toContain(undefined);
      expect(new Set(names).size).toBe(names.length);
      for (const [path, method, operation] of operations()) {
        const where = `${method} ${path}`;
        expect({ where, tags: operation.tags, summary: operation.summary }).toEqual({
          where,
          tags: [expect.any(String)],
          summary: expect.stringMatching(/^\S/),
        });
        for (const [status, response] of Object.entries(operation.responses)) {
          if (Number(status) < 400 || path === '/readyz') continue;
          expect({ where, status, content: response.content }).toEqual({
            where,
            status,
            content: {
              'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
            },
          });
        }
        if (path.includes('{id}')) expect(operation.responses).toHaveProperty('404');
        if (operation.requestBody) expect(operation.responses).toHaveProperty('413');
      }
    });

    it('its document has every path of the design, and the header where the acting agent counts', () => {
      const paths = Object.keys(document.paths);
      for (const path of [
        '/api/leads',
        '/api/leads/{id}',
        '/api/leads/{id}/enrich',
        '/api/leads/{id}/crm-activities',
        '/api/leads/filters/options',
        '/api/imports',
        '/api/imports/preview',
        '/api/imports/{id}',
        '/api/contacts',
        '/api/contacts/{id}',
        '/api/queues',
        '/api/queues/{id}',
        '/api/queue',
        '/api/queue/{id}',
        '/api/dialer/start',
        '/api/dialer/pause',
        '/api/dialer/resume',
        '/api/dialer/stop',
        '/api/dialer/dial-next',
        '/api/dialer/hold-wrap-up',
        '/api/dialer/status',
        '/api/dialer/sessions',
        '/api/dialer/sessions/{id}',
        '/api/dialer/sessions/{id}/pause',
        '/api/dialer/sessions/{id}/resume',
        '/api/dialer/sessions/{id}/stop',
        '/api/dialer/sessions/{id}/dial-next',
        '/api/dialer/sessions/{id}/hold-wrap-up',
        '/api/calls/{id}',
        '/api/calls/{id}/disposition',
        '/api/calls/{id}/note',
        '/api/calls/{id}/hangup',
        '/api/calls/{id}/crm-sync',
        '/api/dispositions',
        '/api/history',
        '/api/history/{id}',
        '/api/history/export.csv',
        '/api/stats',
        '/api/reports',
        '/api/agents',
        '/api/agents/me/status',
        '/api/agents/{id}/campaign',
        '/api/suppressions',
        '/api/suppressions/{phone_number}',
        '/api/crm/sync',
        '/api/crm/contacts',
        '/api/crm/activities',
        '/api/crm/faults',
        '/api/config',
        '/api/provider-events',
        '/api/provider-events/{id}/replay',
        '/api/provider-events/replay',
        '/healthz',
        '/readyz',
        '/metrics',
      ]) {
        expect(paths).toContain(path);
      }
      expect(document.paths['/api/dialer/start'].post.parameters).toMatchObject([
        { name: 'X-Agent-Id', in: 'header' },
      ]);
    });

    it('its document gives a generated client one type per shape, and optional filters', () => {
      const { schemas } = document.components;
      expect(Object.keys(schemas)).toEqual(
        expect.arrayContaining(['Call', 'CreateLead', 'Lead', 'Problem', 'Session', 'StartDialer']),
      );
      // Twofold is what both come in and go out: requests are closed, answers are not.
      const twofold = Object.keys(schemas).filter((name) => name.endsWith('Input'));
      for (const name of twofold) {
        expect(schemas[name].additionalProperties ?? false, name).not.toBe(true);
        expect(schemas[name.replace(/Input$/, '')], name).toBeDefined();
      }
      expect(twofold).not.toEqual(expect.arrayContaining(['OutcomeInput']));
      const list = document.paths['/api/leads'].get.parameters as Operation['parameters'];
      expect(list?.filter(({ required }) => required)).toEqual([]);
      expect(list?.find(({ name }) => name === 'industry')).toMatchObject({
        schema: { type: 'array' },
      });
      expect(schemas.CreateLead.required).toEqual(['name', 'phone_number']);
      expect(schemas.Lead.properties.job_title).toMatchObject({ type: ['string', 'null'] });
      const body = document.paths['/api/imports'].post.requestBody;
      expect(Object.keys(body.content)).toEqual(['application/json', 'multipart/form-data']);
      expect(schemas.ImportForm.properties.file).toMatchObject({
        type: 'string',
        format: 'binary',
      });
    });

    it('its document can be browsed', async () => {
      const page = await stage.request('GET', '/api/docs/');
      expect(page.status).toBe(200);
      expect(page.headers['content-type']).toMatch(/text\/html/);
    });
  });

  describe('its errors', () => {
    it('its errors are written down, each one, with the sentence and the number that they have', async () => {
      await expect(errorsPage()).toMatchFileSnapshot('../../../../docs/errors.md');
      for (const code of Object.keys(ERROR_CODES)) expect(errorsPage()).toContain(`\n## ${code}\n`);
      expect(Object.keys(HTTP_STATUS).sort()).toEqual(Object.keys(ERROR_CODES).sort());
      const problem = (await stage.request('GET', `/api/leads/${UNKNOWN_ID}`)).body;
      const [page, code] = problem.type.split('#');
      expect((await stage.request('GET', page)).text).toContain(`\n## ${code}\n`);
    });

    it('its errors tell an unknown path from a wrong method', async () => {
      expectProblem(await stage.request('GET', '/api/nowhere'), 404, 'not_found');
      expectProblem(await stage.request('GET', '/webhooks/nowhere'), 404, 'not_found');
      const put = await stage.request('PUT', '/api/leads', {});
      expectProblem(put, 405, 'method_not_allowed');
      expect(put.headers.allow).toBe('GET, HEAD, POST');
      const sessions = await stage.request('DELETE', '/api/dialer/sessions/');
      expect(sessions.headers.allow).toBe('GET, HEAD, POST');
    });

    it('its errors say what is wrong with a body', async () => {
      const json = { 'content-type': 'application/json' };
      const broken = await stage.request('POST', '/api/leads', '{"name": ', json);
      expect(expectProblem(broken, 400, 'invalid_request').errors).toEqual([
        { field: 'body', message: 'is not JSON' },
      ]);
      const nothing = await stage.request('POST', '/api/leads');
      expect(expectProblem(nothing, 400, 'invalid_request').errors).toMatchObject([
        { field: 'body' },
      ]);
      const list = await stage.request('POST', '/api/leads', '[]', json);
      expectProblem(list, 400, 'invalid_request');
      const form = await stage.request('POST', '/api/leads', 'name=X', {
        'content-type': 'application/x-www-form-urlencoded',
      });
      expectProblem(form, 415, 'unsupported_media_type');
      const proto = await stage.request('POST', '/api/leads', '{"__proto__": {"x": 1}}', json);
      expectProblem(proto, 400, 'invalid_request');
      const large = await stage.request('POST', '/api/leads', { name: 'x'.repeat(1024 * 1024) });
      expect(expectProblem(large, 413, 'body_too_large').detail).toContain('1 MiB');
    });

    it('its errors are problems even where the address itself is broken', async () => {
      expectProblem(await stage.request('GET', '/api/leads/%zz'), 400, 'invalid_request');
    });

    it('its errors of our own making show nothing but the request id, and are logged once', async () => {
      const { filterOptions } = stage.ports.leads;
      stage.ports.leads.filterOptions = () => {
        throw new Error('secret: the password is 1234');
      };
      const before = stage.logged.length;
      const answer = await stage.request('GET', '/api/leads/filters/options');
      stage.ports.leads.filterOptions = filterOptions;
      const problem = expectProblem(answer, 500, 'internal');
      expect(answer.text).not.toContain('secret');
      const lines = stage.logged.slice(before);
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatchObject({ reqId: problem.instance, msg: 'request failed' });
    });

    it('its errors of a database that went away ask to try again', async () => {
      const { filterOptions } = stage.ports.leads;
      for (const error of [
        Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
        Object.assign(new Error('terminating'), { code: '57P01' }),
        new Error('Connection terminated unexpectedly'),
      ]) {
        stage.ports.leads.filterOptions = () => Promise.reject(error);
        const answer = await stage.request('GET', '/api/leads/filters/options');
        stage.ports.leads.filterOptions = filterOptions;
        expectProblem(answer, 503, 'not_ready');
        expect(answer.headers['retry-after']).toBe('5');
      }
    });

    it('its errors keep pages of other sites out, and let programs and our own pages in', async () => {
      const from = (origin: string) =>
        stage.request('GET', '/healthz', undefined, { origin, host: '127.0.0.1:3000' });
      expectProblem(await from('https://evil.example'), 403, 'cross_origin');
      expectProblem(await from('null'), 403, 'cross_origin');
      expectProblem(await from('http://localhost:5173'), 403, 'cross_origin');
      for (const origin of ['http://127.0.0.1:3000', 'https://dialer.example.com']) {
        expect((await from(origin)).status).toBe(200);
      }
    });
  });

  describe('agents', () => {
    it('agents are added, renamed and listed, each address once', async () => {
      const id = await stage.addAgent('Ina Vale');
      const twin = await stage.request('POST', '/api/agents', {
        name: 'Twin',
        email: 'INA.VALE@example.com',
      });
      expectProblem(twin, 409, 'duplicate_email');
      const patched = await stage.request('PATCH', `/api/agents/${id}`, {
        identities: [{ connection_id: 'stage', user_id: '4711', number_id: null }],
      });
      expect(patched.body.agent).toMatchObject({
        name: 'Ina Vale',
        identities: [{ connection_id: 'stage', user_id: '4711', number_id: null }],
      });
      expect((await stage.request('GET', `/api/agents/${id}`)).body).toEqual(patched.body.agent);
      const other = await stage.addAgent('Olaf Other');
      const taken = await stage.request('PATCH', `/api/agents/${other}`, {
        email: 'ina.vale@example.com',
      });
      expectProblem(taken, 409, 'duplicate_email');
      const list = await stage.request('GET', '/api/agents?limit=1');
      expect(list.body).toMatchObject({
        agents: [{ name: 'Api Agent' }],
        next_cursor: expect.anything(),
      });
      expectProblem(await stage.request('GET', `/api/agents/${UNKNOWN_ID}`), 404, 'not_found');
      const odd = await stage.request('POST', '/api/agents', { name: 'Odd', email: 'odd' });
      expectProblem(odd, 400, 'invalid_request');
    });

    it('agents say of themselves whether they take calls', async () => {
      const id = await stage.addAgent('Status Quo');
      const headers = { 'x-agent-id': id };
      const set = (status: string) =>
        stage.request('PUT', '/api/agents/me/status', { status }, headers);
      expect((await set('DO_NOT_DISTURB')).body.agent).toMatchObject({
        id,
        status: 'DO_NOT_DISTURB',
      });
      expectProblem(await set('ON_CALL'), 400, 'invalid_request');
    });

    it('agents have no campaigns where their connection has none', async () => {
      const id = await stage.addAgent('Cam Paign');
      const path = `/api/agents/${id}/campaign`;
      expectProblem(await stage.request('GET', path), 404, 'not_found');
      const queue = await stage.request('POST', '/api/queues', { name: 'For a campaign' });
      const body = { queue_id: queue.body.queue.id };
      expectProblem(await stage.request('POST', path, body), 422, 'provider_cannot');
      expectProblem(await stage.request('DELETE', path), 404, 'not_found');
    });
  });

  describe('settings', () => {
    it('settings begin as defaults, and are saved version by version', async () => {
      const { body } = await stage.request('GET', '/api/config');
      expect(body).toMatchObject({
        version: 0,
        updated_at: null,
        settings: {
          dialing: {
            lines: 1,
            after_connect: 'continue',
            calling_window: { start: '08:00', end: '21:00', enforce: null },
            retry_rules: { BUSY: { delay_seconds: 900, tries: 3 } },
          },
          imports: { default_country: 'US', allowed_countries: [] },
        },
      });
      body.settings.dialing.wrap_up_seconds = 7;
      const put = (version: number) =>
        stage.request('PUT', '/api/config', { version, settings: body.settings });
      expect((await put(0)).body).toMatchObject({ version: 1, updated_at: expect.any(String) });
      expect(expectProblem(await put(0), 409, 'version_conflict').detail).toContain('version 1');
      expectProblem(await put(2 ** 52), 409, 'version_conflict');
      const read = await stage.request('GET', '/api/config');
      expect(read.body.settings.dialing.wrap_up_seconds).toBe(7);
    });

    it('settings refuse what makes no sense, naming the field', async () => {
      const { body } = await stage.request('GET', '/api/config');
      body.settings.dialing.lines = 11;
      const { version, settings } = body;
      const answer = await stage.request('PUT', '/api/config', { version, settings });
      expect(expectProblem(answer, 400, 'invalid_request').errors).toMatchObject([
        { field: 'settings.dialing.lines' },
      ]);
    });

    it('settings refuse countries that do not exist', async () => {
      const { version, settings } = (await stage.request('GET', '/api/config')).body;
      settings.imports = { default_country: 'UK', allowed_countries: ['GB', 'XX'] };
      const answer = await stage.request('PUT', '/api/config', { version, settings });
      expect(expectProblem(answer, 400, 'invalid_request').errors).toMatchObject([
        { field: 'settings.imports.default_country' },
        { field: 'settings.imports.allowed_countries.1' },
      ]);
    });
  });

  describe('imports', () => {
    const CSV = 'Name;Phone;Company\nAnna Bell;(202) 555-7001;"Bell; Sons"\nBad;12;X\n';

    const form = (fields: Record<string, string>, file: string | null, name = 'leads.csv') => {
      const boundary = 'stage-boundary';
      const parts = Object.entries(fields).map(
        ([key, value]) => `content-disposition: form-data; name="${key}"\r\n\r\n${value}`,
      );
      if (file !== null) {
        parts.push(
          `content-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: text/csv\r\n\r\n${file}`,
        );
      }
      return {
        body: `${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')}--${boundary}--\r\n`,
        headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
      };
    };

    it('imports take a CSV as JSON, and tell afterwards which rows failed and why', async () => {
      const started = await stage.request('POST', '/api/imports', {
        csv: CSV,
        queue_name: 'From a file',
      });
      expect(started.status).toBe(201);
      expect(started.body.import).toMatchObject({
        file_name: 'leads.csv',
        state: 'PENDING',
        rows_total: 2,
        mapping: { Name: 'name', Phone: 'phone_number', Company: 'company' },
        queue_id: expect.any(String),
      });
      await stage.settle();
      const { body } = await stage.request('GET', `/api/imports/${started.body.import.id}`);
      expect(body).toMatchObject({
        state: 'DONE',
        created: 1,
        failed: 1,
        errors: [{ line: 3, field: 'phone_number' }],
        errors_total: 1,
        next_cursor: null,
      });
      const found = await stage.request('GET', '/api/leads?q=Bell');
      expect(found.body.leads).toMatchObject([
        { phone_number: '+12025557001', company: 'Bell; Sons' },
      ]);
      const list = await stage.request('GET', '/api/imports');
      expect(list.body.imports[0].id).toBe(started.body.import.id);
    });

    it('imports take a file out of a form, with the options beside it', async () => {
      const { body, headers } = form(
        { duplicates: 'update', mapping: '{"Who":"name","Tel":"phone_number"}' },
        'Who,Tel\nCarl Form,+12025557002\n',
        'form.csv',
      );
      const started = await stage.request('POST', '/api/imports', body, headers);
      expect(started).toMatchObject({ status: 201, body: { import: { file_name: 'form.csv' } } });
      await stage.settle();
      expect((await stage.request('GET', '/api/leads?q=Carl')).body.total).toBe(1);
      const preview = await stage.request('POST', '/api/imports/preview', body, headers);
      expect(preview.body).toMatchObject({ columns: ['Who', 'Tel'], delimiter: ',', rows: 1 });
    });

    it('store nothing of what they cannot read', async () => {
      const before = (await stage.request('GET', '/api/imports')).body.total;
      const refused = async (
        answer: Promise<Awaited<ReturnType<Stage['request']>>>,
        code: 'invalid_csv' | 'invalid_request',
      ) => expectProblem(await answer, 400, code);
      const post = (body: unknown, headers?: Record<string, string>) =>
        stage.request('POST', '/api/imports', body, headers);
      await refused(post({ csv: 'a,b\n"never closed' }), 'invalid_csv');
      await refused(post({ csv: '' }), 'invalid_request');
      await refused(post({}), 'invalid_request');
      await refused(post(undefined), 'invalid_request');
      await refused(post({ csv: CSV, default_country: 'ZZ' }), 'invalid_request');
      const noFile = form({ duplicates: 'skip' }, null);
      const { errors } = await refused(post(noFile.body, noFile.headers), 'invalid_request');
      expect(errors).toMatchObject([{ field: 'file' }]);
      const badMapping = form({ mapping: '{name' }, CSV);
      await refused(post(badMapping.body, badMapping.headers), 'invalid_request');
      const nowhere = await post({ csv: CSV, queue_id: UNKNOWN_ID });
      expectProblem(nowhere, 404, 'not_found');
      const text = await post(CSV, { 'content-type': 'text/csv' });
      expectProblem(text, 415, 'unsupported_media_type');
      expect((await stage.request('GET', '/api/imports')).body.total).toBe(before);
      const unknown = await stage.request('GET', `/api/imports/${UNKNOWN_ID}`);
      expectProblem(unknown, 404, 'not_found');
    });

    it('imports take larger bodies than other paths, and say how large', async () => {
      const name = 'x'.repeat(150);
      const rows = Array.from({ length: 10_000 }, (_, at) => `${name},+1202${5_600_000 + at}`);
      const csv = `name,phone\n${rows.join('\n')}`;
      expect(csv.length).toBeGreaterThan(1024 * 1024);
      const fits = await stage.request('POST', '/api/imports/preview', { csv });
      expect(fits.body).toMatchObject({ rows: 10_000 });
      const tooLarge = 'x'.repeat(50 * 1024 * 1024);
      const json = await stage.request('POST', '/api/imports', { csv: tooLarge });
      expect(expectProblem(json, 413, 'body_too_large').detail).toContain('4 MiB');
      const { body, headers } = form({}, `${tooLarge}x`);
      const file = await stage.request('POST', '/api/imports', body, headers);
      expect(expectProblem(file, 413, 'body_too_large').detail).toContain('50 MiB');
    });
  });

  describe('operations', () => {
    it('operations tell who asks that the process lives, whether it can work, and how it is doing', async () => {
      expect((await stage.request('GET', '/healthz')).body).toEqual({ status: 'ok' });
      const ready = await stage.request('GET', '/readyz');
      expect(ready).toMatchObject({ status: 200, body: { status: 'ready' } });
      stage.stopping = true;
      const stopping = await stage.request('GET', '/readyz');
      stage.stopping = false;
      expect(stopping).toMatchObject({ status: 503, body: { status: 'not_ready' } });
      const metrics = await stage.request('GET', '/metrics');
      expect(metrics.text).toBe('outdial_up 1\n');
      expect(metrics.headers['content-type']).toMatch(/^text\/plain/);
    });
  });

  describe('the web app', () => {
    const browse = (path: string) =>
      stage.request('GET', path, undefined, { accept: 'text/html,*/*' });

    it('the web app answers every address that a browser navigates to, but none of the programs', async () => {
      for (const path of ['/', '/leads', '/dialer/anything?tab=1']) {
        const page = await browse(path);
        expect({ path, status: page.status }).toEqual({
          path,
          status: 200,
        });
        expect(page.text).toContain('<title>Outdial</title>');
        // It carries a nonce that is good once.
        expect(page.headers['cache-control']).toBe('no-store');
      }
      expectProblem(await browse('/api/nowhere'), 404, 'not_found');
      expectProblem(await browse('/assets/gone-1234.js'), 404, 'not_found');
      expectProblem(await stage.request('GET', '/leads'), 404, 'not_found');
    });

    it('the web app lets browsers keep files that are named after their content', async () => {
      const asset = await stage.request('GET', '/assets/app-Bd3x.js');
      expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable');
      expect((await stage.request('GET', '/favicon.svg')).headers['cache-control']).toBe(
        'no-cache',
      );
      expectProblem(await browse('/assets'), 404, 'not_found');
      expectProblem(await browse('/assets/..%2f..%2fetc/passwd'), 404, 'not_found');
    });
  });
});

describe('a server on a port', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await createStage();
  });
  afterAll(() => stage.close());

  it('a server on a port says how to build the web app when it is not built, and lets requests end before it closes', async () => {
    await stage.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = stage.app.server.address() as AddressInfo;
    const get = (path: string) =>
      new Promise<{ status: number; text: string }>((resolve, reject) => {
        rawRequest(
          { port, path, headers: { accept: 'text/html', authorization: AS_ADMIN } },
          (response) => {
            let text = '';
            response.on('data', (chunk) => {
              text += String(chunk);
            });
            response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
          },
        )
          .on('error', reject)
          .end();
      });
    expect((await get('/')).text).toContain('npm run build');
    const { filterOptions } = stage.ports.leads;
    let let_go = () => undefined as unknown;
    const asked = new Promise<void>((reached) => {
      stage.ports.leads.filterOptions = async () => {
        reached();
        await new Promise<void>((resolve) => {
          let_go = resolve;
        });
        return { industries: [], headcounts: [] };
      };
    });
    const underWay = get('/api/leads/filters/options');
    await asked;
    const closed = stage.app.close();
    let_go();
    expect((await underWay).status).toBe(200);
    await closed;
    stage.ports.leads.filterOptions = filterOptions;
    await expect(get('/healthz')).rejects.toThrow();
  });
});
