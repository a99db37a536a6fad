import type { MockNumber } from './numbers.js';
import { writeDigits } from './phone-format.js';

/** The number object of reference 5.1, without `users`. */
export function numberPayload(number: MockNumber): Record<string, unknown> {
  return {
    id: number.id,
    direct_link: `https://api.aircall.io/v1/numbers/${number.id}`,
    name: number.name,
    digits: writeDigits(number.e164),
    created_at: number.createdAt,
    country: number.country,
    time_zone: number.timeZone,
    open: true,
    availability_status: 'open',
    is_ivr: false,
    live_recording_activated: number.recordsCalls,
    priority: null,
    messages: {},
  };
}

/** Only webhooks carry `e164_digits` (reference 5.1). */
export function numberInWebhook(number: MockNumber): Record<string, unknown> {
  return { ...numberPayload(number), e164_digits: number.e164 };
}
