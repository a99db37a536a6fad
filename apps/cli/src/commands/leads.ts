import type { Lead } from '@outdial/protocol';
import { command } from '../command.js';
import { UsageError } from '../exit-codes.js';
import { findQueue } from '../find-by-name.js';
import { details, table } from '../output.js';
import { PAGE_OPTIONS, readPages, remainder } from '../pages.js';
import { wholeNumber } from '../read-number.js';

export const leadsList = command({
  words: 'leads list',
  summary: 'Lists leads, the newest first',
  options: {
    q: { type: 'string', value: 'TEXT', what: 'In name, company, e-mail and number' },
    industry: { type: 'string', value: 'NAME', what: 'Of this industry' },
    ...PAGE_OPTIONS,
  },
  async run({ client, options, output }) {
    const { leads } = await client();
    const { q, industry } = options;
    const page = await readPages('leads', options, (rows) =>
      leads.list({ ...rows, q, ...(industry !== undefined && { industry: [industry] }) }),
    );
    output.result(page, () => {
      const rows = page.leads.map((lead) => [
        lead.id,
        lead.name,
        lead.phone_number,
        lead.company,
        lead.score,
      ]);
      const shown = table(['ID', 'NAME', 'PHONE', 'COMPANY', 'SCORE'], rows);
      return shown + remainder(rows.length, page);
    });
  },
});

export const leadsShow = command({
  words: 'leads show',
  summary: 'Shows one lead',
  arguments: [{ name: 'ID', what: 'The id of the lead' }],
  async run({ client, given: [id = ''], output }) {
    output.result(await (await client()).leads.get(id), inDetail);
  },
});

export const leadsAdd = command({
  words: 'leads add',
  summary: 'Adds a person to call',
  options: {
    name: { type: 'string', value: 'NAME', what: 'Needed' },
    phone: {
      type: 'string',
      value: 'NUMBER',
      what: 'Needed. With the country, such as +1 202 555 0110',
    },
    company: { type: 'string', value: 'NAME', what: 'Where they work' },
    title: { type: 'string', value: 'TEXT', what: 'As what they work' },
    email: { type: 'string', value: 'ADDRESS', what: 'Their e-mail address' },
    industry: { type: 'string', value: 'NAME', what: 'The industry of the company' },
    score: { type: 'string', value: 'NUMBER', what: 'Higher is called sooner. Default: 0' },
    'time-zone': { type: 'string', value: 'ZONE', what: 'Such as America/New_York' },
    queue: { type: 'string', value: 'QUEUE', what: 'Put the lead into this queue (name or id)' },
  },
  async run({ client, options, output }) {
    const { name, phone } = options;
    if (name === undefined || phone === undefined) {
      throw new UsageError('--name and --phone are needed.');
    }
    const score = wholeNumber('score', options.score, { min: -1_000_000, max: 1_000_000 });
    const api = await client();
    const queue = options.queue === undefined ? null : await findQueue(api, options.queue);
    const added = await api.leads.create({
      name,
      phone_number: phone,
      company: options.company,
      job_title: options.title,
      email: options.email,
      industry: options.industry,
      score,
      time_zone: options['time-zone'],
      queue_id: queue?.id,
    });
    output.result(added, ({ message, lead }) => `${message}\n\n${inDetail(lead)}`);
  },
});

const inDetail = (lead: Lead): string =>
  details({
    id: lead.id,
    name: lead.name,
    phone: lead.phone_number,
    'further phones': lead.further_phone_numbers
      .map(({ phone_number: phone, label }) => (label === null ? phone : `${phone} (${label})`))
      .join(', '),
    company: lead.company,
    title: lead.job_title,
    email: lead.email,
    industry: lead.industry,
    headcount: lead.headcount,
    score: lead.score,
    'time zone': lead.time_zone,
    'id in the CRM': lead.crm_external_id,
    added: lead.created_at,
  });
