import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import type { Config } from '../config/read-config.js';

/**
 * Structured lines; on a terminal readable ones. Personal data stands only under `pii`, and is left out unless the operator
 * asks for it with LOG_LEVEL=debug or trace.
 */
export function createLogger(
  { logLevel }: Pick<Config, 'logLevel'>,
  destination?: DestinationStream,
): Logger {
  const showsPersonalData = logLevel === 'debug' || logLevel === 'trace';
  const options: LoggerOptions = {
    level: logLevel,
    base: null,
    formatters: { level: (label) => ({ level: label }) },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: (error: unknown) => loggedError(error, showsPersonalData) },
    redact: {
      paths: [
        ...(showsPersonalData ? [] : ['pii', '*.pii', '*.*.pii']),
        'token',
        '*.token',
        'headers.authorization',
        '*.headers.authorization',
      ],
      remove: true,
    },
  };
  if (destination !== undefined) return pino(options, destination);
  if (!process.stdout.isTTY) return pino(options);
  const readable = { ignore: 'pid,hostname', singleLine: true };
  return pino({ ...options, transport: { target: 'pino-pretty', options: readable } });
}

/**
 * What of an error may stand in a log. Errors of a database carry the values of the statement (`params`) and of the row
 * (`detail`: "Key (phone)=(+1…) already exists"), so only named fields go through: the row's under `pii`, the statement's
 * not at all, as an import's may hold thousands of leads.
 */
function loggedError(error: unknown, showsPersonalData: boolean): unknown {
  if (!(error instanceof Error)) return { message: 'Something that is no error was thrown.' };
  const { code, constraint, table, detail } = error as unknown as Record<string, unknown>;
  const within = (other: unknown): unknown => loggedError(other, showsPersonalData);
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...texts({ code, constraint, table }),
    ...(showsPersonalData && { pii: texts({ detail }) }),
    ...(error.cause !== undefined && { cause: within(error.cause) }),
    ...(error instanceof AggregateError && { errors: error.errors.map(within) }),
  };
}

const texts = (fields: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields).filter(
      (field): field is [string, string] => typeof field[1] === 'string',
    ),
  );
