import type { Client } from '@outdial/client';
import type { QueueSettings } from '@outdial/protocol';
import { daytimeZone } from './daytime-zone.js';

/** Everything that may be waited for comes at once. */
export const AT_ONCE: QueueSettings = {
  delay_seconds: 0,
  wrap_up_seconds: 0,
  pause_when_away_seconds: 0,
  patience_seconds: 60,
  ring_seconds: 5,
  // Where real phones ring nothing can switch these off, so they are as small as they may be.
  contact_limits: { gap_seconds: 1, calls_per_day: 50, enforce: null },
  retry_rules: {
    NO_ANSWER: { delay_seconds: 1, tries: 2 },
    FAILED: { delay_seconds: 1, tries: 20 },
    CANCELED_BY_DIALER: { delay_seconds: 1, tries: 50 },
  },
};

/** A queue of people who are where it is daytime now, called in this order. */
export async function smallQueue(
  client: Client,
  phoneNumbers: readonly string[],
  settings: QueueSettings = AT_ONCE,
): Promise<string> {
  const leadIds: string[] = [];
  for (const [index, phone] of phoneNumbers.entries()) {
    const { lead } = await client.leads.create({
      name: `Lead ${index}`,
      phone_number: phone,
      time_zone: daytimeZone(),
    });
    leadIds.push(lead.id);
  }
  const { queue } = await client.queues.create({
    name: `Queue of ${phoneNumbers.length}`,
    settings,
    lead_ids: leadIds,
  });
  return queue.id;
}

/** Numbers that are set aside for fiction. */
export const fictional = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `+161755501${String(index + 1).padStart(2, '0')}`);
