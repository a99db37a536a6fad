export { chromiumArguments, findChromium } from './chromium.js';
export { freePort } from './free-port.js';
export { findPostgres, type PostgresServer, startPostgresServer } from './postgres-server.js';
export { findRedis, type RedisServer, startRedis } from './redis-server.js';
export { createTestDatabase, runSql, type Template, type TestDatabase } from './test-database.js';
export { type TestRedis, testRedis } from './test-redis.js';
