import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { providerDelayAfter } from './back-off.js';

describe('the back-off during a provider outage', () => {
  it('the back-off during a provider outage is asked again after 2, 4, 8 seconds, and then at least every minute', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 1000].map((n) => providerDelayAfter(n) / 1000)).toEqual([
      2, 4, 8, 16, 32, 60, 60, 60,
    ]);
  });

  it('the back-off during a provider outage is never asked at once, nor sooner after more failures', () => {
    fc.assert(
      fc.property(fc.nat(5000), (failures) => {
        const delay = providerDelayAfter(failures);
        expect(delay).toBeGreaterThanOrEqual(2000);
        expect(delay).toBeLessThanOrEqual(60_000);
        expect(providerDelayAfter(failures + 1)).toBeGreaterThanOrEqual(delay);
      }),
      { seed: 7 },
    );
  });
});
