export { chromiumArguments, findChromium } from './chromium.js';
export { findPostgres, type PostgresServer, startPostgresServer } from './postgres-server.js';
export { createTestDatabase, type Template, type TestDatabase } from './test-database.js';
