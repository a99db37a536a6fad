/** What the mock draws from. Invented or generic; nothing here describes a real company. */

export const CITIES = [
  'Austin, TX',
  'Boston, MA',
  'Chicago, IL',
  'Denver, CO',
  'Atlanta, GA',
  'Seattle, WA',
  'New York, NY',
  'San Francisco, CA',
  'Toronto, ON',
  'London, UK',
  'Berlin, DE',
  'Amsterdam, NL',
] as const;

export const TECHNOLOGIES = [
  'Salesforce',
  'HubSpot',
  'Marketo',
  'Slack',
  'Microsoft 365',
  'Google Workspace',
  'AWS',
  'Azure',
  'Snowflake',
  'Zendesk',
  'Stripe',
  'Shopify',
] as const;

/** The first whose words stand in the job title; tried in this order. */
export const SENIORITIES = [
  { words: /\b(chief|c[a-z]o|founder|owner|president|partner)\b/i, seniority: 'Executive' },
  { words: /\b(vp|svp|evp|vice)\b/i, seniority: 'VP' },
  { words: /\b(head|director)\b/i, seniority: 'Director' },
  { words: /\b(manager|lead|supervisor)\b/i, seniority: 'Manager' },
  { words: /\b(senior|sr|principal|staff)\b/i, seniority: 'Senior' },
] as const;

/** For companies whose size the rep did not bring: smallest and largest number of employees. */
export const COMPANY_SIZES: readonly [CompanySize, ...CompanySize[]] = [
  [5, 20],
  [21, 100],
  [101, 500],
  [501, 2_000],
  [2_001, 12_000],
];
type CompanySize = readonly [smallest: number, largest: number];

/** Mailboxes of people, not of companies; they do not tell a company's domain. */
export const PRIVATE_MAIL = new Set([
  'gmail.com',
  'googlemail.com',
  'yahoo.com',
  'hotmail.com',
  'outlook.com',
  'live.com',
  'icloud.com',
  'aol.com',
  'gmx.com',
  'gmx.de',
  'web.de',
  'proton.me',
  'protonmail.com',
]);
