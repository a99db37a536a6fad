import { z } from 'zod';

/**
 * Aircall's objects, as far as the dialer reads them. Copies nested in other objects are abridged (reference 3), and
 * lists of values grow, so nothing but `id` is relied on: a field that is absent or not what it should be reads as
 * undefined, and never spoils the rest.
 */
const maybe = <Schema extends z.ZodType>(schema: Schema) => schema.nullish().catch(undefined);

/** Documented as Int64; kept as text everywhere (reference 1.4). */
const id = z
  .union([z.number(), z.string().min(1)])
  .transform(String)
  .pipe(z.string().regex(/^[\w-]+$/));

export const userShape = z.object({
  id,
  email: maybe(z.string()),
  name: maybe(z.string()),
});
export type AircallUser = z.output<typeof userShape>;

export const numberShape = z.object({
  id,
  name: maybe(z.string()),
  digits: maybe(z.string()),
  country: maybe(z.string()),
});
export type AircallNumber = z.output<typeof numberShape>;

/** Reference 4.1. Times are UNIX seconds. Null means "not reached", absent means "not reported". */
export const callShape = z.object({
  id,
  direction: maybe(z.string()),
  status: maybe(z.string()),
  started_at: maybe(z.number()),
  answered_at: maybe(z.number()),
  ended_at: maybe(z.number()),
  duration: maybe(z.number()),
  raw_digits: maybe(z.string()),
  missed_call_reason: maybe(z.string()),
  hangup_cause: maybe(z.string()),
  user: maybe(userShape),
  /** These appear only after a transfer: who transferred it, and to which user. */
  transferred_by: maybe(userShape),
  transferred_to: maybe(userShape),
  number: maybe(numberShape),
});
export type AircallCall = z.output<typeof callShape>;

/** Reference 7.1. `data` is read by the kind of event. */
export const envelopeShape = z.object({
  event: z.string(),
  timestamp: maybe(z.number()),
  data: z.unknown(),
});

export const availabilityShape = z.object({ availability: z.string() });

/** Reference 6. */
export const webhookShape = z.object({
  webhook_id: z.union([z.string(), z.number()]).transform(String),
  url: maybe(z.string()),
  custom_name: maybe(z.string()),
  created_at: maybe(z.string()),
  active: maybe(z.boolean()),
  token: maybe(z.string()),
  events: maybe(z.array(z.string())),
});
export type AircallWebhook = z.output<typeof webhookShape>;

/** Reference 5.3. */
export const campaignShape = z.object({ id, created_at: maybe(z.string()) });
export type AircallCampaign = z.output<typeof campaignShape>;

export const campaignNumberShape = z.object({
  id,
  number: z.string(),
  called: maybe(z.boolean()),
  created_at: maybe(z.string()),
});
export type AircallCampaignNumber = z.output<typeof campaignNumberShape>;

export const pageShape = z.object({
  meta: maybe(z.object({ next_page_link: maybe(z.string()) })),
});
