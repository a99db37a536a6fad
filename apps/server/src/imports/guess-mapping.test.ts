import { describe, expect, it } from 'vitest';
import { guessMapping } from './guess-mapping.js';

describe('what a column holds is guessed from its heading', () => {
  it.each<[string, readonly string[], Record<string, string>]>([
    [
      'Outdial itself',
      [
        'name',
        'job_title',
        'phone_number',
        'company',
        'email',
        'headcount',
        'industry',
        'time_zone',
        'score',
      ],
      {
        name: 'name',
        job_title: 'job_title',
        phone_number: 'phone_number',
        company: 'company',
        email: 'email',
        headcount: 'headcount',
        industry: 'industry',
        time_zone: 'time_zone',
        score: 'score',
      },
    ],
    [
      'HubSpot',
      [
        'Record ID',
        'First Name',
        'Last Name',
        'Email',
        'Phone Number',
        'Company name',
        'Job Title',
        'HubSpot Score',
      ],
      {
        'First Name': 'first_name',
        'Last Name': 'last_name',
        Email: 'email',
        'Phone Number': 'phone_number',
        'Company name': 'company',
        'Job Title': 'job_title',
        'HubSpot Score': 'score',
      },
    ],
    [
      'Salesforce',
      [
        'Full Name',
        'Title',
        'Account Name',
        'Phone',
        'Mobile',
        'E-mail',
        'No. of Employees',
        'Industry',
      ],
      {
        'Full Name': 'name',
        Title: 'job_title',
        'Account Name': 'company',
        Phone: 'phone_number',
        'E-mail': 'email',
        'No. of Employees': 'headcount',
        Industry: 'industry',
      },
    ],
    [
      'a German spreadsheet',
      ['Vorname', 'Nachname', 'Firma', 'Telefon', 'Branche'],
      {
        Vorname: 'first_name',
        Nachname: 'last_name',
        Firma: 'company',
        Telefon: 'phone_number',
        Branche: 'industry',
      },
    ],
    [
      'a French one',
      ['PRÉNOM', 'NOM', 'Tel'],
      { PRÉNOM: 'first_name', NOM: 'last_name', Tel: 'phone_number' },
    ],
  ])('as %s exports it', (_name, columns, mapping) => {
    expect(guessMapping(columns)).toEqual(mapping);
  });

  it('fills a field from one column only, the likeliest', () => {
    expect(guessMapping(['Mobile', 'Phone (2)', 'Phone number'])).toEqual({
      'Phone number': 'phone_number',
    });
    expect(guessMapping(['Phone', 'Phone (2)'])).toEqual({ Phone: 'phone_number' });
  });

  it('leaves alone what it does not know', () => {
    expect(guessMapping(['Favourite colour', '', '42', 'constructor', '__proto__'])).toEqual({});
  });
});
