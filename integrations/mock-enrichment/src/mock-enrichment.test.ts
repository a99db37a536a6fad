import type { Lead } from '@outdial/core';
import { describe, expect, it } from 'vitest';
import { createMockEnrichment } from './mock-enrichment.js';

const ada: Lead = {
  id: '01900000-0000-7000-8000-000000000001',
  name: 'Ada Lovelace',
  jobTitle: 'VP of Engines',
  phone: '+12025550101',
  company: 'Analytical Engines',
  email: 'ada@engines.example',
  headcount: '51-200',
  industry: 'Computing',
  timeZone: null,
  score: 0,
  enrichment: null,
  crmExternalId: null,
  createdAt: new Date('2026-01-10T09:00:00Z'),
  updatedAt: new Date('2026-01-10T09:00:00Z'),
};
const everybodyKnown = { notFoundShare: 0 };
const dataOf = async (lead: Lead, seed = 1) => {
  const answer = await createMockEnrichment({ seed, ...everybodyKnown }).enrich(lead);
  if (answer.kind !== 'found') throw new Error('nothing was found');
  return answer.data;
};

describe('enrichment', () => {
  it('enrichment tells of a lead what a rep wants to know before the call', async () => {
    expect(await dataOf(ada)).toEqual({
      company_domain: 'engines.example',
      city: expect.stringMatching(/^[A-Z]\w+.*, [A-Z]{2}$/),
      employees: expect.any(Number),
      annual_revenue: expect.stringMatching(/^\$[\d.]+[KMB]$/),
      founded: expect.any(Number),
      technologies: expect.stringMatching(/^[^,]+(, [^,]+){1,3}$/),
      linkedin_url: expect.stringMatching(
        /^https:\/\/www\.linkedin\.com\/in\/ada-lovelace-[0-9a-f]{4}$/,
      ),
      seniority: 'VP',
    });
  });

  it('enrichment tells the same each time, and something else with another seed', async () => {
    expect(await dataOf(ada)).toEqual(
      await dataOf({ ...ada, id: 'another', phone: '+12025550199' }),
    );
    expect(await dataOf(ada, 2)).not.toEqual(await dataOf(ada));
  });

  it('enrichment tells the same of a company whichever colleague is asked about', async () => {
    const grace = {
      ...ada,
      name: 'Grace Hopper',
      email: 'grace@engines.example',
      jobTitle: 'Engineer',
    };
    const [a, g] = [await dataOf(ada), await dataOf(grace)];
    expect(g).toMatchObject({
      city: a.city,
      employees: a.employees,
      annual_revenue: a.annual_revenue,
    });
    expect(g.linkedin_url).not.toBe(a.linkedin_url);
    expect(g.seniority).toBe('Individual contributor');
  });

  it.each([
    ['51-200', 51, 200],
    ['1,001-5,000', 1001, 5000],
    ['1000+', 1000, 4000],
    ['12', 12, 12],
    [null, 5, 12_000],
    ['many', 5, 12_000],
  ])('stays within the headcount that the rep brought: %s', async (headcount, min, max) => {
    const { employees } = await dataOf({ ...ada, headcount });
    expect(employees).toBeGreaterThanOrEqual(min);
    expect(employees).toBeLessThanOrEqual(max);
  });

  it('enrichment does not take a private mailbox for the company’s domain', async () => {
    expect((await dataOf({ ...ada, email: 'ada@gmail.com' })).company_domain).toBe(
      'analyticalengines.example.com',
    );
    expect((await dataOf({ ...ada, email: null, company: null })).company_domain).toBeNull();
  });

  it('enrichment knows nothing of about one lead in twelve, and says so', async () => {
    const provider = createMockEnrichment();
    let unknown = 0;
    for (let n = 0; n < 1000; n++) {
      const answer = await provider.enrich({ ...ada, email: `lead${n}@engines.example` });
      if (answer.kind === 'not_found') unknown += 1;
    }
    expect(unknown).toBeGreaterThan(50);
    expect(unknown).toBeLessThan(120);
  });

  it('enrichment fails while it is down, and as often as it was told', async () => {
    const provider = createMockEnrichment(everybodyKnown);
    provider.setFaults({ down: true });
    await expect(provider.enrich(ada)).rejects.toThrow('try again');
    provider.setFaults({ failRate: 0.5 });
    const answers = await Promise.allSettled(
      Array.from({ length: 200 }, () => provider.enrich(ada)),
    );
    const failed = answers.filter(({ status }) => status === 'rejected').length;
    expect(failed).toBeGreaterThan(70);
    expect(failed).toBeLessThan(130);
    provider.setFaults({});
    expect((await provider.enrich(ada)).kind).toBe('found');
  });
});
