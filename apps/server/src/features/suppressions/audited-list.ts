import type { NewSuppression, SuppressionList } from '@outdial/core';
import type { Author } from '../../access/audit-trail.js';
import type { Changes } from '../../audit/changes.js';

/** How many numbers of a long list the audit log names. */
const NUMBERS_NAMED = 100;

/** The suppression list as this author changes it; `details` are in the entry of each addition. */
export function auditedList(
  changes: Changes,
  author: Author,
  details: () => Readonly<Record<string, unknown>> = () => ({}),
): SuppressionList {
  return {
    add: (suppressions: readonly NewSuppression[], now, share) =>
      changes.run(async (stores, record) => {
        const list = stores.suppressions;
        const answer =
          share === undefined
            ? await list.add(suppressions, now)
            : await list.addWithinShare(suppressions, now, share);
        if (answer === 'over_share') return answer;
        const phones = suppressions.map(({ phone }) => phone);
        record({
          ...author,
          action: 'suppression_added',
          ...targetOf(phones),
          details: {
            numbers: phones.slice(0, NUMBERS_NAMED),
            added: answer.added,
            already_there: answer.alreadyThere,
            reason: suppressions[0]?.reason,
            ...details(),
          },
        });
        return answer;
      }),
    remove: (phones) =>
      changes.run(async (stores, record) => {
        const answer = await stores.suppressions.remove(phones);
        const { removed } = answer;
        if (removed.length === 0) return answer;
        record({
          ...author,
          action: 'suppression_removed',
          ...targetOf(removed),
          ...(phones.length > 1 && {
            details: { numbers: removed.slice(0, NUMBERS_NAMED), removed: removed.length },
          }),
        });
        return answer;
      }),
  };
}

/** The number is the matter here: the log must prove who asked that it not be called, and who let it be called again. */
function targetOf([phone, ...more]: readonly string[]) {
  return phone === undefined || more.length > 0
    ? {}
    : { target: { kind: 'phone_number', id: phone } };
}
