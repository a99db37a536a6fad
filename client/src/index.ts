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
export type { CallOptions, CsvFile } from './methods.js';
export { ApiError, NetworkError, UnexpectedAnswerError } from './problems.js';
export type { Download, TokenSource } from './request.js';
export { type SignedInPerson, type SignInOptions, signIn } from './sign-in.js';
export {
  createTokenKeeper,
  type Granted,
  type TokenKeeper,
  type TokenKeeperOptions,
} from './token-keeper.js';
