import { CrmError } from '@outdial/core';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/**
 * What goes wrong, on demand. Left out means that it does not. `down` and the two rates hold on every node; the rest is one
 * process' own.
 */
export interface CrmFaults {
  /** Nothing is written and every write fails, until it is false again. */
  readonly down?: boolean;
  /** So many writes fail before they are written; then it is over. */
  readonly failNext?: number;
  /** The share of writes (0 to 1) that fail before they are written. */
  readonly failRate?: number;
  /** So many writes are written and their answers lost; then it is over. */
  readonly loseNextAnswers?: number;
  /** The share of writes (0 to 1) that are written, and whose answer is lost. */
  readonly loseAnswerRate?: number;
  /** The id of a lead that the CRM will never take. */
  readonly rejectLead?: string | null;
}

export interface FaultyGate {
  set(faults: CrmFaults): void;
  /** Some of them changed; the others, and what is left of the counts, stay. */
  follow(faults: CrmFaults): void;
  current(): CrmFaults;
  /** Runs one write as the faults will have it. */
  through<T>(write: () => Promise<T>): Promise<T>;
  /** Throws for the lead that is not wanted. */
  refuse(leadId: string): void;
}

/** The same seed and the same writes in the same order meet the same faults. */
export function createFaultyGate(seed: number): FaultyGate {
  const generator = xoroshiro128plus(seed);
  const happens = (share: number | undefined): boolean =>
    share !== undefined && share > 0 && uniformFloat64(generator) < share;
  let faults: CrmFaults = {};
  let toFail = 0;
  let toLose = 0;

  return {
    set(next) {
      faults = next;
      toFail = next.failNext ?? 0;
      toLose = next.loseNextAnswers ?? 0;
    },
    follow(next) {
      faults = { ...faults, ...next };
    },
    current: () => ({ ...faults, failNext: toFail, loseNextAnswers: toLose }),
    async through(write) {
      if (faults.down === true) throw new CrmError('The CRM cannot be reached.', true);
      if (toFail > 0) {
        toFail -= 1;
        throw new CrmError('The CRM answered with an error and wrote nothing.', true);
      }
      if (happens(faults.failRate)) {
        throw new CrmError('The CRM answered with an error and wrote nothing.', true);
      }
      const answer = await write();
      const lost = toLose > 0 || happens(faults.loseAnswerRate);
      toLose = Math.max(0, toLose - 1);
      if (lost) {
        throw new CrmError('The CRM did not answer in time; it may have written.', true);
      }
      return answer;
    },
    refuse(leadId) {
      if (faults.rejectLead === leadId) {
        throw new CrmError('The CRM does not take this contact: it breaks a rule there.', false);
      }
    },
  };
}
