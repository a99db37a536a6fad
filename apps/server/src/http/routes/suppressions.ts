import { parsePhone } from '@outdial/core';
import {
  AddedSuppressions,
  AddSuppressions,
  Message,
  SuppressionList,
  SuppressionListQuery,
  SuppressionParams,
} from '@outdial/protocol';
import type { HttpPorts } from '../http-ports.js';
import { type App, operation } from '../operation.js';
import { type FieldError, ProblemError } from '../problems.js';
import { announceQueues, queuesFilled } from '../queue-changes.js';
import { readPhone } from '../read-phone.js';
import { record } from '../record.js';
import { fromWirePage, pageFields } from '../translate/page.js';
import { toWireSuppression } from '../translate/queue.js';

type Ports = Pick<
  HttpPorts,
  | 'suppressions'
  | 'settings'
  | 'sessions'
  | 'queueItems'
  | 'clock'
  | 'jobs'
  | 'announcements'
  | 'audit'
>;

/** How many numbers of a long list the audit log names. */
const NAMED = 100;

export function suppressionRoutes(app: App, ports: Ports): void {
  const { suppressions, clock } = ports;

  app.get(
    '/api/suppressions',
    {
      schema: operation(
        {
          id: 'listSuppressions',
          tag: 'suppressions',
          summary: 'Numbers that are never dialed, the newest first',
          errors: ['invalid_cursor'],
        },
        { querystring: SuppressionListQuery, response: { 200: SuppressionList } },
      ),
    },
    async ({ query }) => {
      const page = await suppressions.list({ q: query.q }, fromWirePage(query));
      return { suppressions: page.rows.map(toWireSuppression), ...pageFields(page) };
    },
  );

  app.post(
    '/api/suppressions',
    {
      schema: operation(
        {
          id: 'addSuppressions',
          tag: 'suppressions',
          summary: 'From now on none of these numbers is dialed',
          description: 'All of them or, when one cannot be read, none.',
          errors: ['invalid_phone_number'],
        },
        { body: AddSuppressions, response: { 201: AddedSuppressions } },
      ),
    },
    async (request, reply) => {
      const { body } = request;
      const phones = await readPhones(ports, body.phone_numbers);
      const { added, alreadyThere, queueIds } = await suppressions.add(
        phones.map((phone) => ({ phone, reason: body.reason, source: 'person' as const })),
        clock.now(),
      );
      announceQueues(ports, queueIds);
      const [only] = phones;
      await record(ports, request, {
        action: 'suppression_added',
        ...(phones.length === 1 && only !== undefined && { target: numbered(only) }),
        details: {
          numbers: phones.slice(0, NAMED),
          added,
          already_there: alreadyThere,
          reason: body.reason,
        },
      });
      reply.status(201);
      return {
        message: `${added} ${added === 1 ? 'number is' : 'numbers are'} not called any more.`,
        added,
        already_there: alreadyThere,
      };
    },
  );

  app.delete(
    '/api/suppressions/:phone_number',
    {
      schema: operation(
        {
          id: 'removeSuppression',
          tag: 'suppressions',
          summary: 'The number may be dialed again',
          errors: ['not_found', 'invalid_phone_number'],
        },
        { params: SuppressionParams, response: { 200: Message } },
      ),
    },
    async (request) => {
      const { params } = request;
      const phone = await readPhone(ports, params.phone_number);
      const { removed, queueIds } = await suppressions.remove(phone);
      if (!removed) {
        throw new ProblemError('not_found', 'This number is not on the suppression list.');
      }
      await queuesFilled(ports, queueIds);
      await record(ports, request, { action: 'suppression_removed', target: numbered(phone) });
      return { message: 'The number may be called again.' };
    },
  );
}

/** The number is the matter here: the log must prove who asked that it not be called, and who let it be called again. */
const numbered = (phone: string) => ({ kind: 'phone_number', id: phone });

async function readPhones(
  { settings }: Pick<Ports, 'settings'>,
  inputs: readonly string[],
): Promise<readonly string[]> {
  const { default_country: country } = (await settings.current()).settings.imports;
  const phones = new Set<string>();
  const errors: FieldError[] = [];
  for (const [at, input] of inputs.entries()) {
    const parsed = parsePhone(input, country ?? undefined);
    if (parsed.ok) phones.add(parsed.e164);
    else errors.push({ field: `phone_numbers.${at}`, message: parsed.reason });
  }
  const [first] = errors;
  if (first === undefined) return [...phones];
  const others = errors.length - 1;
  throw new ProblemError(
    'invalid_phone_number',
    `The phone number at ${first.field} ${first.message}${others === 0 ? '' : `; ${others} more cannot be read`}. Nothing was stored.`,
    { errors },
  );
}
