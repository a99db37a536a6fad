import { screen, waitFor, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { askedFor, backend, on, problem, world } from '../../../testing/backend.js';
import { ago, aQueue, id } from '../../../testing/builders.js';
import { renderApp } from '../../../testing/render-app.js';

const PREVIEW = {
  columns: ['Who', 'Office', 'Mobile', 'Opt-in'],
  mapping: { Office: 'phone_number', Mobile: 'phone_number' },
  phone_columns: ['Mobile', 'Office'],
  remembered: false,
  unread: [
    { column: 'Who', sample: 'Ada Byron', carries: null },
    { column: 'Opt-in', sample: 'yes', carries: 'consent' },
  ],
  delimiter: ';',
  encoding: 'windows-1252',
  encoding_sure: false,
  encoding_sample: 'Zoë Byron',
  heading_line: 3,
  top: [
    { line: 1, cells: ['Fair 2026'] },
    { line: 3, cells: ['Who', 'Office', 'Mobile', 'Opt-in'] },
  ],
  sample: [['Ada Byron', '020 7946 0123', '07700 900123', 'yes']],
  rows: 12,
  warnings: [{ code: 'unread_consent', message: 'The column "Opt-in" is not read.' }],
};
const csv = () =>
  new File(['Who;Phone;Shoe size\nAda Byron;020 7946 0123;38'], 'fair.csv', { type: 'text/csv' });

it('takes a file, asks for the column it could not guess, and starts', async () => {
  world.queues = [aQueue(1, { name: 'Renewals' })];
  backend.use(
    on('post', '/api/imports/preview', () => PREVIEW),
    on('post', '/api/imports', () => {
      world.imports = [
        {
          id: id(700),
          file_name: 'fair.csv',
          state: 'PENDING',
          queue_id: null,
          mapping: {},
          rows_total: 12,
          rows_done: 0,
          created: 0,
          updated: 0,
          skipped: 0,
          suppressed: 0,
          incomplete: 0,
          failed: 0,
          error: null,
          created_at: ago(0),
          finished_at: null,
        },
      ];
      return { message: 'Started.', import: world.imports[0] ?? null };
    }),
  );
  const { user, router } = renderApp('/import');
  await user.upload(await screen.findByLabelText('CSV file'), csv());
  expect(await screen.findByText('12 rows, 4 columns, separated by semicolon')).toBeTruthy();
  expect(screen.getByText('Ada Byron')).toBeTruthy();
  const start = screen.getByRole('button', { name: 'Import 12 rows' });
  expect((start as HTMLButtonElement).disabled).toBe(true);
  expect(screen.getByText('Say which column is the name.')).toBeTruthy();

  await user.click(screen.getByRole('combobox', { name: 'Who' }));
  await user.click(
    within(await screen.findByRole('listbox', { name: 'Who' })).getByRole('option', {
      name: 'Name',
    }),
  );
  await user.click(start);
  await waitFor(() => expect(router.state.location.pathname).toBe(`/import/${id(700)}`));
  const [form] = askedFor('POST /api/imports');
  expect(form).toContain('{"Office":"phone_number","Mobile":"phone_number","Who":"name"}');
  expect(form).toContain('["Mobile","Office"]');
  expect(form).toContain('windows-1252');
});

it('shows what is not read and how the letters were read, and reads the file again in another way', async () => {
  backend.use(on('post', '/api/imports/preview', () => PREVIEW));
  const { user } = renderApp('/import');
  await user.upload(await screen.findByLabelText('CSV file'), csv());
  expect(await screen.findByText('The column "Opt-in" is not read.')).toBeTruthy();
  expect(screen.getByText('Says who agreed to be called')).toBeTruthy();
  expect(screen.getByText('Zoë Byron')).toBeTruthy();

  await user.click(screen.getByRole('button', { name: 'Try Office earlier' }));
  await user.click(screen.getByRole('combobox', { name: 'Encoding' }));
  await user.click(
    within(await screen.findByRole('listbox', { name: 'Encoding' })).getByRole('option', {
      name: 'Mac, Western Europe',
    }),
  );
  await waitFor(() => expect(askedFor('POST /api/imports/preview')).toHaveLength(2));
  expect(askedFor('POST /api/imports/preview')[1]).toContain('macintosh');
});

it('says what is wrong with a file that is no CSV', async () => {
  backend.use(
    on('post', '/api/imports/preview', () =>
      problem(400, 'invalid_csv', 'Line 4 has an open quote. Nothing was stored.'),
    ),
  );
  const { user } = renderApp('/import');
  await user.upload(await screen.findByLabelText('CSV file'), csv());
  expect((await screen.findByRole('alert')).textContent).toContain('Line 4 has an open quote');
});

it('names what became of the lines, by kind and one by one', async () => {
  const done = {
    id: id(701),
    file_name: 'fair.csv',
    state: 'DONE' as const,
    queue_id: null,
    mapping: {},
    rows_total: 12,
    rows_done: 12,
    created: 9,
    updated: 0,
    skipped: 1,
    suppressed: 1,
    failed: 1,
    incomplete: 1,
    error: null,
    created_at: ago(60),
    finished_at: ago(30),
  };
  const line = {
    line: 4,
    fate: 'skipped',
    code: 'duplicate_in_file',
    field: null,
    reason: 'has the same number as line 2',
  };
  backend.use(
    on('get', `/api/imports/${done.id}`, () => ({
      ...done,
      groups: [
        { ...line, lines: 1, example: { line: 4, reason: line.reason } },
        {
          fate: 'created',
          code: 'unusable_field',
          field: 'email',
          lines: 1,
          example: { line: 6, reason: 'is not an e-mail address' },
        },
      ],
      errors: [],
      errors_total: 0,
      next_cursor: null,
    })),
    on('get', `/api/imports/${done.id}/lines`, () => ({
      lines: [line],
      total: 1,
      next_cursor: null,
    })),
  );
  const { user } = renderApp(`/import/${done.id}`);
  expect(await screen.findByText('Imported without a field: email')).toBeTruthy();
  expect(screen.getByText('Do not call').nextSibling?.textContent).toBe('1');
  await user.click(screen.getByRole('button', { name: 'Same number as an earlier line' }));
  expect(await screen.findByRole('cell', { name: 'has the same number as line 2' })).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Refused lines' })).toBeTruthy();
});
