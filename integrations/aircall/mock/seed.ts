import type { Contact } from './contacts.js';
import type { MockNumber } from './numbers.js';
import type { Tag } from './tags.js';
import type { Team } from './teams.js';
import type { SeedUser } from './users.js';

/** No real person's data: the numbers are from ranges reserved for fiction, the domain is `.example`. */
export const seedCreatedAt = '2024-03-01T09:00:00.000Z';

export const seedUsers: readonly SeedUser[] = [
  {
    id: 456,
    name: 'Alex Agent',
    email: 'alex@outdial.example',
    timeZone: 'America/New_York',
    numberIds: [1234, 1235],
  },
  {
    id: 457,
    name: 'Sam Agent',
    email: 'sam@outdial.example',
    timeZone: 'America/New_York',
    numberIds: [1234],
  },
  {
    id: 458,
    name: 'Kim Agent',
    email: 'kim@outdial.example',
    timeZone: 'Europe/London',
    numberIds: [1234],
  },
];

export const seedNumbers: readonly MockNumber[] = [
  {
    id: 1234,
    name: 'Sales US',
    e164: '+12025550100',
    country: 'US',
    timeZone: 'America/New_York',
    active: true,
    recordsCalls: true,
    createdAt: seedCreatedAt,
  },
  {
    id: 1235,
    name: 'Sales UK',
    e164: '+442079460100',
    country: 'GB',
    timeZone: 'Europe/London',
    active: true,
    recordsCalls: false,
    createdAt: seedCreatedAt,
  },
];

export const seedTags: readonly Tag[] = [
  { id: 11, name: 'Interested', color: '#00B388', description: 'Wants to hear more' },
  { id: 12, name: 'Not interested', color: '#D0021B', description: 'Asked not to go on' },
  { id: 13, name: 'Call back', color: '#F5A623', description: 'Asked for another time' },
];

export const seedTeams: readonly Team[] = [
  { id: 21, name: 'Outbound', createdAt: seedCreatedAt, userIds: [456, 457] },
];

export const seedContacts: readonly Omit<Contact, 'createdAt' | 'updatedAt'>[] = [
  {
    id: 31,
    firstName: 'Jordan',
    lastName: 'Example',
    companyName: 'Example Ltd',
    information: 'Seeded by the mock',
    phoneNumbers: [{ id: 311, label: 'Work', value: '+12025550143' }],
    emails: [{ id: 312, label: 'Work', value: 'jordan@example.com' }],
  },
];
