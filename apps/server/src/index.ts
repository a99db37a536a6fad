export { type Config, readConfig } from './config/read-config.js';
export { createServer, type Server } from './program/create-server.js';
export { createLogger } from './telemetry/logger.js';
