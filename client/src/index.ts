export { type Client, type ClientOptions, createClient } from './client.js';
export {
  type Connect,
  createLive,
  type Live,
  type LiveMessage,
  type LiveOptions,
  type LiveSocket,
  type LiveState,
} from './live.js';
export { ApiError, NetworkError, UnexpectedAnswerError } from './problems.js';
export type { Download, TokenSource } from './request.js';
export type { SettableAgentStatus } from './resources/agents.js';
export type { CsvFile } from './resources/imports.js';
export { type SignedInPerson, type SignInOptions, signIn } from './sign-in.js';
export {
  createTokenKeeper,
  type Granted,
  type TokenKeeper,
  type TokenKeeperOptions,
} from './token-keeper.js';
