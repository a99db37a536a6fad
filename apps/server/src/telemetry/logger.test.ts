import { describe, expect, it } from 'vitest';
import { LOG_LEVELS, type LogLevel } from '../config/read-config.js';
import { createLogger } from './logger.js';

const ANN = { name: 'Ann Lee', phone: '+12025550101', email: 'ann@acme.example' };
const PERSONAL = /Ann|2025550101|acme/;

/** What a database throws when two leads have one number. */
const databaseError = () =>
  Object.assign(new Error('duplicate key value violates unique constraint "leads_phone"'), {
    code: '23505',
    table: 'leads',
    constraint: 'leads_phone',
    detail: `Key (phone)=(${ANN.phone}) already exists.`,
    where: `COPY leads, line 1: "${ANN.name}"`,
    query: 'insert into leads (name, phone) values ($1, $2)',
    params: [ANN.name, ANN.phone],
  });

function logAt(logLevel: LogLevel) {
  const lines: string[] = [];
  const log = createLogger({ logLevel }, { write: (line) => void lines.push(line) });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> };
}

describe('the log', () => {
  it('the log is one JSON object a line, with the level in words and the time in UTC', () => {
    const { log, last } = logAt('info');
    log.info({ call_id: 'c1' }, 'call placed');
    expect(last()).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      call_id: 'c1',
      msg: 'call placed',
    });
  });

  it.each(LOG_LEVELS.filter((level) => level !== 'debug' && level !== 'trace'))(
    'the log holds no name or number at the level %s',
    (level) => {
      const { log, lines } = logAt(level);
      for (const write of ['fatal', 'error', 'warn', 'info'] as const) {
        log[write]({ call_id: 'c1', pii: ANN }, 'call placed');
        log[write]({ call: { id: 'c1', pii: ANN }, in: { a: { pii: ANN } } }, 'call placed');
        log[write]({ err: databaseError() }, 'job failed');
        log[write]({ err: new Error('failed', { cause: databaseError() }) }, 'job failed');
        log[write]({ err: new AggregateError([databaseError()]) }, 'job failed');
        log[write]({ err: ANN }, 'job failed');
        log.child({ pii: ANN })[write]('call placed');
      }
      expect(lines.length === 0).toBe(level === 'silent');
      expect(lines.join('')).not.toMatch(PERSONAL);
    },
  );

  it.each(['debug', 'trace'] as const)(
    'the log shows personal data to an operator who asks for it with %s',
    (level) => {
      const { log, last } = logAt(level);
      log.info({ pii: ANN }, 'call placed');
      expect(last()).toMatchObject({ pii: ANN });
      log.error({ err: databaseError() }, 'job failed');
      expect(last()).toMatchObject({
        err: { pii: { detail: expect.stringContaining(ANN.phone) } },
      });
      // But never the values of a statement: an import's hold thousands of leads.
      expect(JSON.stringify(last())).not.toContain(ANN.name);
    },
  );

  it('the log tells of an error what is needed to find its cause', () => {
    const { log, last } = logAt('info');
    log.error({ err: new Error('The step failed.', { cause: databaseError() }) }, 'job failed');
    expect(last()).toMatchObject({
      err: {
        type: 'Error',
        message: 'The step failed.',
        stack: expect.stringContaining('logger.test.ts'),
        cause: {
          message: 'duplicate key value violates unique constraint "leads_phone"',
          code: '23505',
          table: 'leads',
          constraint: 'leads_phone',
        },
      },
    });
  });

  it('the log holds no secret at any level', () => {
    const { log, lines } = logAt('trace');
    log.info({ token: 'hunter2', webhook: { token: 'hunter2' } }, 'webhook registered');
    log.info(
      { headers: { authorization: 'hunter2' }, request: { headers: { authorization: 'hunter2' } } },
      'asked',
    );
    expect(lines.join('')).not.toContain('hunter2');
  });
});
