import type { Client } from '@outdial/client';
import type { Lead } from '@outdial/protocol';

/** Numbers with a fixed outcome in the simulator (integrations/simulator/README.md). */
const FORCED = {
  CONNECTED: 10,
  NO_ANSWER: 20,
  BUSY: 30,
  VOICEMAIL: 40,
  FAILED: 50,
} as const;
export type ForcedOutcome = keyof typeof FORCED;

/** The `index`th number (0 to 9) whose call ends with this outcome. */
export function forcedNumber(outcome: ForcedOutcome, index = 0): string {
  if (index > 9) throw new Error('The simulator has ten numbers for each outcome.');
  return `+190755501${FORCED[outcome] + index}`;
}

/** Leads in this order, one for each outcome that the simulator is to force. */
export async function leadsThatEndAs(
  client: Client,
  outcomes: readonly ForcedOutcome[],
  firstIndex = 0,
): Promise<Lead[]> {
  const used = new Map<ForcedOutcome, number>();
  const leads: Lead[] = [];
  for (const outcome of outcomes) {
    const index = used.get(outcome) ?? firstIndex;
    used.set(outcome, index + 1);
    const { lead } = await client.leads.create({
      name: `${outcome} ${index}`,
      phone_number: forcedNumber(outcome, index),
      company: 'Example Ltd',
    });
    leads.push(lead);
  }
  return leads;
}
