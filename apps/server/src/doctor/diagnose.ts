import { about, type Finding, wordsOf } from '@outdial/kit';
import { type Config, readConfig } from '../config/read-config.js';
import { checkConnections } from './check-connections.js';
import { checkDatabase } from './check-database.js';
import { checkNode, checkProgram } from './check-program.js';
import { checkRedis } from './check-redis.js';
import { checkSecrets } from './check-secrets.js';
import { checkTracing } from './check-tracing.js';
import { checkZoneData } from './check-zone-data.js';

export interface Diagnosis {
  /** False: at least one problem. */
  readonly ok: boolean;
  readonly findings: readonly Finding[];
}

/**
 * Looks at everything that a server with this environment would need, and changes none of it: a server that runs meanwhile
 * does not notice. Never throws.
 */
export async function diagnose(
  environment: Readonly<Record<string, string | undefined>>,
  engine: {
    readonly running: string;
    readonly wanted: string;
    /** Release of the IANA time zone database that it carries. */
    readonly tz?: string | undefined;
  },
): Promise<Diagnosis> {
  const findings: Finding[] = [
    checkNode(engine.running, engine.wanted, new Date().toISOString().slice(0, 10)),
    checkZoneData(engine.tz),
  ];
  const read = readConfig(environment);
  if (read.ok) {
    findings.push(about('configuration').ok(shownConfig(read.config)));
    findings.push(...(await checkConfigured(read.config)));
  } else {
    for (const problem of read.problems) {
      findings.push(
        about('configuration').problem(
          problem,
          'See .env.example, and the file .env where you start it.',
        ),
      );
    }
  }
  return { ok: !findings.some(({ state }) => state === 'problem'), findings };
}

async function checkConfigured(config: Config): Promise<Finding[]> {
  const program = await checkProgram(config);
  const checks: [string, () => Promise<readonly Finding[]>][] = [
    ['database', () => checkDatabase(config)],
  ];
  const { redis, tracing } = config;
  if (redis !== null) checks.push(['Redis', () => checkRedis(redis.url)]);
  if (tracing !== null) checks.push(['traces', async () => [await checkTracing(tracing.endpoint)]]);
  const found = await Promise.all(checks.map(([name, check]) => checked(name, check)));
  // After the database: the embedded one is opened by one at a time.
  const secrets = await checkSecrets(config);
  const connections = await checked('connections', () => checkConnections(config, secrets.stored));
  return [...program.findings, ...found.flat(), ...secrets.findings, ...connections];
}

async function checked(
  name: string,
  check: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await check();
  } catch (error) {
    return [about(name).problem(wordsOf(error), 'This was not foreseen: please report it.')];
  }
}

function shownConfig({ role, database, redis, telephony }: Config): string {
  const where = database.kind === 'embedded' ? 'the embedded database' : 'a PostgreSQL server';
  const how = redis === null ? 'one node' : `one of several nodes, role ${role}`;
  return `${how} on ${where}, connections of the environment: ${telephony.connections.map(({ integration }) => integration).join(', ')}`;
}
