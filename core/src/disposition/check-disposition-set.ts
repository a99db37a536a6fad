import type { DispositionSet } from './disposition.js';
import { findDisposition } from './find-disposition.js';

export interface DispositionFault {
  /** The place in the set, from 0; null: the set as a whole. */
  readonly index: number | null;
  readonly field: 'code' | 'label' | 'key' | 'retry' | null;
  readonly message: string;
}

const CODE = /^[a-z][a-z0-9_]{0,49}$/;
/** Letters are the dialer's own commands; digits are free. */
const KEY = /^[0-9]$/;

/**
 * What is wrong with a set that an admin or supervisor wants to save; empty: nothing. Each code and label must mean one thing,
 * each key one disposition, and agents must always be able to say that a person wants no more calls.
 */
export function checkDispositionSet(set: DispositionSet): readonly DispositionFault[] {
  const faults: DispositionFault[] = [];
  const fault = (index: number | null, field: DispositionFault['field'], message: string): number =>
    faults.push({ index, field, message });
  set.forEach((disposition, index) => {
    const { code, label, key, effect, retry } = disposition;
    if (!CODE.test(code)) {
      fault(
        index,
        'code',
        'must begin with a letter and have lower-case letters, digits and underscores only, 50 at most',
      );
    } else if (findDisposition(set, code) !== disposition) {
      fault(index, 'code', `"${code}" is the code of another disposition`);
    }
    if (findDisposition(set, label) !== disposition) {
      fault(index, 'label', `"${label}" is the code or label of another disposition`);
    }
    if (key !== null && !KEY.test(key)) fault(index, 'key', 'must be one digit');
    if (key !== null && set.findIndex((other) => other.key === key) !== index) {
      fault(index, 'key', `"${key}" is the key of another disposition`);
    }
    if (retry !== null && effect !== 'keep') {
      fault(index, 'retry', 'goes together with the effect "keep" only');
    }
  });
  if (!set.some(({ effect }) => effect === 'suppress_person')) {
    fault(
      null,
      null,
      'needs a disposition with the effect "suppress_person", for a person who wants no more calls',
    );
  }
  return faults;
}
