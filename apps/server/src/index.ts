export { type Config, readConfig } from './config/read-config.js';
export { createLogger } from './logger.js';
export { createServer, type Server } from './wiring.js';
