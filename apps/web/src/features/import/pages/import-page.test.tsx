import { screen, waitFor, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { askedFor, backend, on, problem, world } from '../../../testing/backend.js';
import { ago, aQueue, id } from '../../../testing/builders.js';
import { renderApp } from '../../../testing/render-app.js';
import { errorsAsCsv } from '../errors-as-csv.js';

const PREVIEW = {
  columns: ['Who', 'Phone', 'Shoe size'],
  mapping: { Phone: 'phone_number' },
  delimiter: ';',
  sample: [['Ada Byron', '020 7946 0123', '38']],
  rows: 12,
};
const csv = () =>
  new File(['Who;Phone;Shoe size\nAda Byron;020 7946 0123;38'], 'fair.csv', { type: 'text/csv' });

it('takes a file, asks for the column it could not guess, and starts', async () => {
  world.queues = [aQueue(1, { name: 'Renewals' })];
  backend.use(
    on('post', '/api/leads/import/preview', () => PREVIEW),
    on('post', '/api/leads/import', () => {
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
  expect(await screen.findByText('12 rows, 3 columns, separated by semicolon')).toBeTruthy();
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
  const [form] = askedFor('POST /api/leads/import');
  expect(form).toContain('{"Phone":"phone_number","Who":"name"}');
});

it('says what is wrong with a file that is no CSV', async () => {
  backend.use(
    on('post', '/api/leads/import/preview', () =>
      problem(400, 'invalid_csv', 'Line 4 has an open quote. Nothing was stored.'),
    ),
  );
  const { user } = renderApp('/import');
  await user.upload(await screen.findByLabelText('CSV file'), csv());
  expect((await screen.findByRole('alert')).textContent).toContain('Line 4 has an open quote');
});

it('writes row errors so that a spreadsheet reads them', () => {
  expect(
    errorsAsCsv([
      { line: 7, field: 'email', reason: 'is not an "e-mail", really' },
      { line: 9, field: null, reason: 'has too few columns' },
    ]),
  ).toBe(
    'line,field,reason\r\n7,email,"is not an ""e-mail"", really"\r\n9,,has too few columns\r\n',
  );
});
