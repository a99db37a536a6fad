import { type Logger, pino } from 'pino';
import type { Config } from './config/read-config.js';

/**
 * Structured lines; on a terminal readable ones. Personal data stands only under `pii`, and is left out unless somebody
 * asks for it with LOG_LEVEL=debug or trace.
 */
export function createLogger({ logLevel }: Pick<Config, 'logLevel'>): Logger {
  const showsPersonalData = logLevel === 'debug' || logLevel === 'trace';
  return pino({
    level: logLevel,
    base: null,
    formatters: { level: (label) => ({ level: label }) },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: [
        ...(showsPersonalData ? [] : ['pii', '*.pii']),
        'token',
        '*.token',
        'headers.authorization',
        '*.headers.authorization',
      ],
      remove: true,
    },
    ...(process.stdout.isTTY
      ? {
          transport: {
            target: 'pino-pretty',
            options: { ignore: 'pid,hostname', singleLine: true },
          },
        }
      : {}),
  });
}
