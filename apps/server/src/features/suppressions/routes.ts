import {
  AGENTS_SUPPRESSIONS,
  isPhoneCountry,
  normalizePhone,
  suppressNumbers,
} from '@outdial/core';
import { operations } from '@outdial/protocol';
import { authorOf } from '../../access/audit-trail.js';
import { may, principalOf } from '../../access/principal.js';
import { type Handled, handle } from '../../operations/handle.js';
import { fromWirePage, pageFields } from '../../operations/to-page.js';
import { doesNotFit } from '../../platform/does-not-fit.js';
import { Refusal } from '../../platform/refusal.js';
import type { HttpPorts } from '../http-ports.js';
import { filesBusy } from '../imports/files-busy.js';
import { toSuppressionsFile, whileConnected } from '../imports/uploaded-file.js';
import { readPhone } from '../leads/read-phone.js';
import { toWireSuppression } from '../queues/to-wire.js';
import { auditedList } from './audited-list.js';

type Ports = Pick<
  HttpPorts,
  | 'suppressions'
  | 'imports'
  | 'settings'
  | 'sessions'
  | 'dialer'
  | 'queueItems'
  | 'clock'
  | 'jobs'
  | 'announcements'
  | 'changes'
>;

export function suppressionHandlers(ports: Ports): readonly Handled[] {
  const { suppressions } = ports;
  return [
    handle(operations.suppressions.list, async ({ query }) => {
      const page = await suppressions.list({ q: query.q }, fromWirePage(query));
      return { suppressions: page.rows.map(toWireSuppression), ...pageFields(page) };
    }),

    handle(operations.suppressions.add, async (request) => {
      const { body } = request;
      const mayRead = may(request, 'suppressions.read');
      const { phones, refused } = await readPhones(ports, body.phone_numbers);
      if (!mayRead) checkAgentsShare(body.phone_numbers.length, phones);
      const list = phones.map((phone) => ({
        phone,
        reason: body.reason,
        source: 'person' as const,
      }));
      const share = { actorId: principalOf(request).id, ...AGENTS_SUPPRESSIONS };
      const stored = await suppressNumbers(
        { ...ports, list: auditedList(ports.changes, authorOf(request)) },
        list,
        mayRead ? undefined : share,
      );
      if (stored === 'over_share') {
        throw new Refusal(
          'rate_limited',
          `You have added ${AGENTS_SUPPRESSIONS.numbersAtMost} numbers within a day. Ask a supervisor to add more.`,
        );
      }
      const { added, alreadyThere } = stored;
      // Who may not read the list learns nothing of it: also not whether a number was on it already.
      return {
        message: sentenceOf(mayRead ? added : phones.length, refused.length, 'number'),
        added: mayRead ? added : phones.length,
        already_there: mayRead ? alreadyThere : 0,
        refused,
      };
    }),

    handle(operations.suppressions.importFile, async (request, reply) => {
      const { file, options } = toSuppressionsFile(request.body);
      const country =
        options.default_country?.toUpperCase() ??
        (await ports.settings.current()).settings.imports.default_country;
      if (country !== null && !isPhoneCountry(country)) {
        throw doesNotFit([
          { field: 'default_country', message: 'is no country with telephone numbers' },
        ]);
      }
      const answer = await ports.imports.suppress(
        file,
        {
          wishes: { encoding: options.encoding, headingLine: options.heading_line },
          defaultCountry: country,
          reason: options.reason,
          preview: options.preview,
          // In the transaction of each batch: what was stored is in the log also when the client, or this process, is gone before the
          // end.
          suppress: (numbers, refusedSoFar) => {
            const details = () => ({ file_name: file.fileName, refused: refusedSoFar });
            const batches = auditedList(ports.changes, authorOf(request), details);
            return suppressNumbers({ ...ports, list: batches }, numbers);
          },
        },
        whileConnected(reply),
      );
      if (answer.kind === 'busy') throw filesBusy(answer.retryAfterSeconds);
      if (answer.kind === 'invalid_csv') {
        throw new Refusal('invalid_csv', `${answer.reason} Nothing was stored.`, {
          errors: [{ field: 'csv', message: answer.reason }],
        });
      }
      const read = answer.file;
      return {
        message: options.preview
          ? `${read.numbers} numbers can be read. Nothing is stored yet.`
          : sentenceOf(read.added, read.refusedTotal, 'line'),
        preview: options.preview,
        rows: read.looked.rows,
        numbers: read.numbers,
        added: read.added,
        already_there: read.alreadyThere,
        left_out: read.leftOut,
        columns: read.looked.columns,
        phone_columns: read.phoneColumns,
        encoding: read.looked.encoding,
        heading_line: read.looked.headingLine,
        refused_total: read.refusedTotal,
        refused: read.refused,
      };
    }),

    handle(operations.suppressions.removeMany, async (request) => {
      const { body } = request;
      const phones: string[] = [];
      for (const [at, input] of body.phone_numbers.entries()) {
        phones.push(await readPhone(ports, input, `phone_numbers.${at}`, 'any'));
      }
      const list = auditedList(ports.changes, authorOf(request));
      const removed = await ports.dialer.allowNumbers(list, phones);
      const missing = new Set(phones).size - removed.length;
      return {
        message: `${removed.length} ${removed.length === 1 ? 'number' : 'numbers'} may be called again.`,
        removed: removed.length,
        not_on_list: missing,
      };
    }),

    handle(operations.suppressions.remove, async (request) => {
      const { params } = request;
      const phone = await readPhone(ports, params.phone_number, 'phone_number', 'any');
      const list = auditedList(ports.changes, authorOf(request));
      const removed = await ports.dialer.allowNumbers(list, [phone]);
      if (removed.length === 0) {
        throw new Refusal('not_found', 'This number is not on the suppression list.');
      }
      return { message: 'The number may be called again.' };
    }),
  ];
}

/** Counted as numbers, not as texts: one text may name several. */
function checkAgentsShare(inputs: number, phones: readonly string[]): void {
  const { numbersAtOnce } = AGENTS_SUPPRESSIONS;
  if (inputs <= numbersAtOnce && phones.length <= numbersAtOnce) return;
  throw doesNotFit([
    {
      field: 'phone_numbers',
      message: 'may hold one number for those who may not read the list; a supervisor adds several',
    },
  ]);
}

function sentenceOf(added: number, refused: number, what: 'number' | 'line'): string {
  const stored = `${added} ${added === 1 ? 'number is' : 'numbers are'} not called any more.`;
  if (refused === 0) return stored;
  return `${stored} ${refused} ${refused === 1 ? `${what} cannot be read and is` : `${what}s cannot be read and are`} NOT on the list.`;
}

async function readPhones(
  { settings }: Pick<Ports, 'settings'>,
  inputs: readonly string[],
): Promise<{
  readonly phones: readonly string[];
  readonly refused: { index: number; reason: string }[];
}> {
  const { default_country: country } = (await settings.current()).settings.imports;
  const phones = new Set<string>();
  const refused: { index: number; reason: string }[] = [];
  for (const [index, input] of inputs.entries()) {
    // A list may hold kinds that are never dialed anyway. Each number of a text is meant, not only its first.
    const parsed = normalizePhone(input, { country, types: 'any' });
    if (parsed.ok) for (const phone of [parsed.phone, ...parsed.otherNumbers]) phones.add(phone);
    else refused.push({ index, reason: parsed.reason });
  }
  const [first] = refused;
  if (phones.size > 0 || first === undefined) return { phones: [...phones], refused };
  const others = refused.length - 1;
  throw new Refusal(
    'invalid_phone_number',
    `The phone number at phone_numbers.${first.index} ${first.reason}${others === 0 ? '' : `; ${others} more cannot be read`}. Nothing was stored.`,
    {
      errors: refused.map(({ index, reason }) => ({
        field: `phone_numbers.${index}`,
        message: reason,
      })),
    },
  );
}
