import type { Enrichment, EnrichmentProvider, Lead } from '@outdial/core';
import { CITIES, COMPANY_SIZES, PRIVATE_MAIL, SENIORITIES, TECHNOLOGIES } from './catalogue.js';
import { type Draws, drawsOf } from './draws.js';

export interface EnrichmentFaults {
  /** Nothing answers. */
  readonly down?: boolean;
  /** The share of questions (0 to 1) that fail. */
  readonly failRate?: number;
}

export interface MockEnrichmentOptions {
  /** 1 unless told. Another seed tells other things of the same lead. */
  readonly seed?: number;
  /** The share of leads (0 to 1) without any data; default 0.08, about one in twelve. */
  readonly notFoundShare?: number;
}

export interface MockEnrichment extends EnrichmentProvider {
  /** Replaces all faults; `{}` ends them. */
  setFaults(faults: EnrichmentFaults): void;
}

/**
 * An enrichment provider that makes things up, the same each time it is asked: what concerns the company depends on the
 * seed and the company, so that colleagues agree; what concerns the person depends on the seed and the e-mail address
 * (without one, name and number). Every address made up here is under `example.com` unless the lead's own e-mail tells
 * the domain.
 */
export function createMockEnrichment(options: MockEnrichmentOptions = {}): MockEnrichment {
  const { seed = 1, notFoundShare = 0.08 } = options;
  let faults: EnrichmentFaults = {};
  let questions = 0;

  return {
    name: 'mock',
    setFaults(next) {
      faults = next;
    },
    async enrich(lead) {
      questions += 1;
      const unlucky = drawsOf(seed, 'fault', questions).fraction() < (faults.failRate ?? 0);
      if (faults.down === true || unlucky) {
        throw new Error('The enrichment provider cannot be reached; try again later.');
      }
      const ofPerson = drawsOf(seed, 'person', personKey(lead));
      if (ofPerson.fraction() < notFoundShare) return { kind: 'not_found' };
      const domain = domainOf(lead);
      const ofCompany = drawsOf(
        seed,
        'company',
        lead.company?.trim().toLowerCase() || domain || lead.id,
      );
      return {
        kind: 'found',
        data: { ...aboutCompany(lead, domain, ofCompany), ...aboutPerson(lead, ofPerson) },
      };
    },
  };
}

function aboutCompany(lead: Lead, domain: string | null, draws: Draws): Enrichment['data'] {
  const employees = employeesOf(lead.headcount, draws);
  const revenue = employees * draws.between(80, 260) * 1000;
  return {
    company_domain: domain ?? inventedDomain(lead.company),
    city: draws.oneOf(CITIES),
    employees,
    annual_revenue: `$${inWords(revenue)}`,
    founded: draws.between(1975, 2021),
    technologies: draws.someOf(TECHNOLOGIES, draws.between(2, 4)).join(', '),
  };
}

const aboutPerson = (lead: Lead, draws: Draws): Enrichment['data'] => ({
  linkedin_url: `https://www.linkedin.com/in/${slug(lead.name) || 'lead'}-${draws.between(0x1000, 0xffff).toString(16)}`,
  seniority: seniorityOf(lead.jobTitle),
});

const personKey = (lead: Lead): string =>
  lead.email?.trim().toLowerCase() || `${lead.name.trim().toLowerCase()} ${lead.phone}`;

function domainOf(lead: Lead): string | null {
  const domain = lead.email?.trim().toLowerCase().split('@')[1];
  return domain?.includes('.') && !PRIVATE_MAIL.has(domain) ? domain : null;
}

function inventedDomain(company: string | null): string | null {
  const name = slug(company ?? '').replaceAll('-', '');
  return name === '' ? null : `${name}.example.com`;
}

function seniorityOf(jobTitle: string | null): string {
  const found = SENIORITIES.find(({ words }) => words.test(jobTitle ?? ''));
  return found?.seniority ?? 'Individual contributor';
}

/** Within what the rep wrote ("51-200", "1000+", "12"); else any size. */
function employeesOf(headcount: string | null, draws: Draws): number {
  const [min, max] = (headcount ?? '').replaceAll(',', '').match(/\d+/g)?.map(Number) ?? [];
  if (min === undefined) return draws.between(...draws.oneOf(COMPANY_SIZES));
  if (max !== undefined && max >= min) return draws.between(min, max);
  return headcount?.includes('+') ? draws.between(min, min * 4) : min;
}

/** 18M, 4.2B, 350K. */
function inWords(dollars: number): string {
  const units = [
    [1e9, 'B'],
    [1e6, 'M'],
    [1e3, 'K'],
  ] as const;
  for (const [size, unit] of units) {
    if (dollars >= size) return `${Number((dollars / size).toPrecision(2))}${unit}`;
  }
  return `${dollars}`;
}

const slug = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
