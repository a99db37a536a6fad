export {
  AIRCALL_BASE_URL,
  type AircallClient,
  type AircallClientOptions,
  createAircallClient,
} from './aircall-client.js';
export { AircallError, type AircallTrouble, type MayTryAgain } from './aircall-error.js';
export type { AircallCredentials, AircallCredentialsNow } from './aircall-http.js';
export type { AircallLog } from './aircall-log.js';
export {
  AIRCALL,
  AIRCALL_CAPABILITIES,
  type AircallTelephony,
  type AircallTelephonyOptions,
  createAircallTelephony,
} from './aircall-telephony.js';
export { manifest } from './manifest.js';
export { type VerifiedWebhook, verifyWebhook } from './webhook.js';
export { SUBSCRIBED_EVENTS } from './webhook-events.js';
export type { WebhookCheck, WebhookRegistration } from './webhook-registration.js';
