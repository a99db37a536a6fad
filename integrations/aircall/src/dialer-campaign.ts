import type { CampaignFailure, CampaignNumber, CampaignsAtCarrier } from '@outdial/kit';
import type { AircallClient } from './aircall-client.js';
import { AircallError } from './aircall-error.js';
import type { AircallCampaignNumber } from './aircall-shapes.js';
import { LineError } from './line-error.js';
import { toE164 } from './phone-match.js';
import type { Lines } from './resolve-line.js';

/** No limit is documented; this is small enough that a refusal costs little. */
const BATCH = 100;

export function createDialerCampaigns(options: {
  readonly client: Pick<
    AircallClient,
    'addToCampaign' | 'campaignNumbers' | 'removeFromCampaign' | 'deleteCampaign'
  >;
  readonly lines: Pick<Lines, 'userOf'>;
  readonly batchSize?: number;
}): CampaignsAtCarrier {
  const { client, lines } = options;
  const batchSize = options.batchSize ?? BATCH;

  /** Duplicates within a batch come back as 422, while the other numbers of the batch are taken (reference 5.3). */
  async function addBatch(userId: string, batch: readonly string[]): Promise<readonly string[]> {
    try {
      await client.addToCampaign(userId, batch);
      return [];
    } catch (error) {
      if (!(error instanceof AircallError) || error.status !== 422) throw error;
      const complaints = campaignComplaints(error.answer);
      if (complaints.length === 0 || !complaints.every((text) => /already/i.test(text)))
        throw error;
      return batch.filter((phone) => complaints.some((text) => mentions(text, phone)));
    }
  }

  async function numbersOf(userId: string): Promise<readonly CampaignNumber[] | null> {
    return (await client.campaignNumbers(userId))?.map(numberOf) ?? null;
  }

  return {
    async handOver(agent, phones) {
      const wanted = [...new Set(phones)];
      const accepted: string[] = [];
      const alreadyWaiting: string[] = [];
      try {
        const userId = await lines.userOf(agent);
        for (let start = 0; start < wanted.length; start += batchSize) {
          const batch = wanted.slice(start, start + batchSize);
          const duplicates = await addBatch(userId, batch);
          alreadyWaiting.push(...duplicates);
          accepted.push(...batch.filter((phone) => !duplicates.includes(phone)));
        }
        return { kind: 'handed_over', accepted, alreadyWaiting, notHandedOver: [], failure: null };
      } catch (error) {
        const done = accepted.length + alreadyWaiting.length;
        return {
          kind: done === 0 ? 'failed' : 'partly',
          accepted,
          alreadyWaiting,
          notHandedOver: wanted.slice(done),
          failure: failureOf(error),
        };
      }
    },

    async progress(agent) {
      try {
        const numbers = await numbersOf(await lines.userOf(agent));
        return numbers === null ? { kind: 'none' } : { kind: 'campaign', numbers };
      } catch (error) {
        return failureOf(error);
      }
    },

    async remove(agent, phones) {
      const removed: string[] = [];
      const alreadyCalled: string[] = [];
      const notInCampaign: string[] = [];
      try {
        const userId = await lines.userOf(agent);
        const numbers = (await numbersOf(userId)) ?? [];
        for (const phone of new Set(phones)) {
          const entries = numbers.filter((number) => number.phone === phone);
          const waiting = entries.filter((number) => !number.called);
          if (entries.length === 0) notInCampaign.push(phone);
          else if (waiting.length === 0) alreadyCalled.push(phone);
          else {
            for (const number of waiting) await client.removeFromCampaign(userId, number.id);
            removed.push(phone);
          }
        }
        return { kind: 'removed', removed, alreadyCalled, notInCampaign };
      } catch (error) {
        return failureOf(error);
      }
    },

    async takeBack(agent) {
      try {
        const userId = await lines.userOf(agent);
        const numbers = await numbersOf(userId);
        if (numbers === null) return { kind: 'none' };
        await client.deleteCampaign(userId);
        return { kind: 'taken_back', numbers };
      } catch (error) {
        return failureOf(error);
      }
    },
  };
}

function numberOf(entry: AircallCampaignNumber): CampaignNumber {
  const addedAt = entry.created_at ? new Date(entry.created_at) : null;
  return {
    id: entry.id,
    phone: toE164(entry.number, null) ?? entry.number,
    called: entry.called === true,
    addedAt: addedAt === null || Number.isNaN(addedAt.getTime()) ? null : addedAt,
  };
}

/** `{"errors":{"dialer_campaign":["… already imported, but not called"]}}` (reference 5.3, seen, not documented). */
function campaignComplaints(answer: unknown): readonly string[] {
  const errors = (answer as { errors?: { dialer_campaign?: unknown } } | undefined)?.errors;
  const complaints = errors?.dialer_campaign;
  return Array.isArray(complaints) ? complaints.filter((text) => typeof text === 'string') : [];
}

/** Formatting aside; one sentence may name several numbers. */
function mentions(text: string, phone: string): boolean {
  const digits = phone.replace(/\D/g, '');
  return (text.match(/\+?\d[\d\s().-]*/g) ?? []).some((part) => part.replace(/\D/g, '') === digits);
}

function failureOf(error: unknown): CampaignFailure {
  if (error instanceof AircallError) {
    return {
      kind: 'failed',
      mayTryAgain: error.mayTryAgain,
      message: error.message,
      ...(error.retryAfterSeconds !== undefined && { retryAfterSeconds: error.retryAfterSeconds }),
    };
  }
  if (error instanceof LineError)
    return { kind: 'failed', mayTryAgain: 'no', message: error.message };
  return {
    kind: 'failed',
    mayTryAgain: 'unknown',
    message: "The agent's Aircall campaign could not be worked with, for an unexpected reason.",
  };
}
