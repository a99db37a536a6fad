import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crmDelayAfter } from './crm-back-off.js';

describe('a CRM that fails', () => {
  it('a CRM that fails is offered the call again soon, then less and less often, and at least every hour for ever', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 1000].map((n) => crmDelayAfter(n) / 1000)).toEqual([
      5, 15, 45, 135, 405, 1215, 3600, 3600, 3600,
    ]);
  });

  it('a CRM that fails is never offered it at once, nor sooner after more failures', () => {
    fc.assert(
      fc.property(fc.nat(5000), (failures) => {
        const delay = crmDelayAfter(failures);
        expect(delay).toBeGreaterThanOrEqual(5000);
        expect(delay).toBeLessThanOrEqual(3_600_000);
        expect(crmDelayAfter(failures + 1)).toBeGreaterThanOrEqual(delay);
      }),
      { seed: 8 },
    );
  });
});
