// biome-ignore-all lint/performance/noBarrelFile: the one entrance to the mock, as an index.ts of a package
export type { ApiFault, ApiFaultInput } from './api-faults.js';
export type { Behaviour, DeepPartial, EventFaults } from './behaviour.js';
export type { InboundStory } from './call-life.js';
export type { MockCall } from './calls.js';
export {
  type BorrowedTime,
  clockOn,
  createManualClock,
  type ManualClock,
  type MockClock,
  systemClock,
} from './clock.js';
export type { MockControl, NumberCount, UserView } from './control.js';
export { type Credentials, defaultCredentials } from './credentials.js';
export type { Delivery, DeliveryAttempt } from './deliveries.js';
export { allEventNames } from './event-names.js';
export type { BuiltEvent } from './events.js';
export type { Fate, FateInput } from './fates.js';
export { createMockAircall, type MockAircall, type MockAircallOptions } from './mock-aircall.js';
export type { MockNumber } from './numbers.js';
export type { Order } from './order-log.js';
export type { LoggedRequest } from './request-log.js';
export type { Availability, ChosenAvailability, SeedUser } from './users.js';
export type { NewWebhook, Webhook } from './webhooks.js';
