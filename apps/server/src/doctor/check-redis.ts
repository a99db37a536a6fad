import { about, type Finding, wordsOf } from '@outdial/kit';
import { Redis } from 'ioredis';

/** BullMQ asks for 5, and for 6.2 to be at its best. */
const OLDEST = { major: 6, minor: 2 };
const ANSWER_WITHIN = 5_000;

export async function checkRedis(url: string): Promise<readonly Finding[]> {
  const { ok, warning, problem } = about('Redis');
  const { host } = new URL(url);
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: ANSWER_WITHIN,
    commandTimeout: ANSWER_WITHIN,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  });
  let broken: Error | undefined;
  redis.on('error', (error: Error) => {
    broken ??= error;
  });
  try {
    await redis.connect();
    const info = readInfo(await redis.info());
    const version = info.get('redis_version') ?? 'of an unknown version';
    const [major = 0, minor = 0] = version.split('.').map(Number);
    const isOld = major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor);
    const shown = `${version} at ${host}`;
    return [
      isOld
        ? warning(shown, `Jobs want Redis ${OLDEST.major}.${OLDEST.minor} or later: upgrade it.`)
        : ok(shown),
      memoryFinding(info),
      persistenceFinding(info),
    ];
  } catch (error) {
    return [
      problem(
        `${host}: ${wordsOf(broken ?? error)}`,
        'Start Redis, or correct REDIS_URL. Without REDIS_URL one node works alone.',
      ),
    ];
  } finally {
    redis.disconnect();
  }
}

function memoryFinding(info: ReadonlyMap<string, string>): Finding {
  const { ok, warning, problem } = about('Redis memory');
  const policy = info.get('maxmemory_policy') ?? 'unknown';
  const limit = Number(info.get('maxmemory') ?? 0);
  const used = `${info.get('used_memory_human') ?? '?'} used of ${limit === 0 ? 'all there is' : (info.get('maxmemory_human') ?? '?')}`;
  if (policy === 'noeviction') return ok(`${used}, nothing is thrown away`);
  const says = `${used}, maxmemory-policy ${policy}`;
  const fix =
    'Set maxmemory-policy noeviction: otherwise Redis throws away jobs that wait when memory runs short.';
  // Without a limit Redis evicts nothing; an operator who sets one later must not be surprised.
  return limit === 0 ? warning(says, fix) : problem(says, fix);
}

function persistenceFinding(info: ReadonlyMap<string, string>): Finding {
  const { ok, warning } = about('Redis persistence');
  if (info.get('rdb_last_bgsave_status') === 'err' || info.get('aof_last_write_status') === 'err') {
    return warning(
      'the last write to disk failed',
      'Look at its log: a full disk, most likely. It may refuse writes until that is fixed.',
    );
  }
  return info.get('aof_enabled') === '1'
    ? ok('append-only file')
    : ok('none: what it forgets the sweeper finds again in the database');
}

function readInfo(text: string): Map<string, string> {
  const lines = text.split('\r\n').filter((line) => line.includes(':') && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );
}
