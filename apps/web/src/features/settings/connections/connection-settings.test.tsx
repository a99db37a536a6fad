import { screen, waitFor, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { askedFor, backend, on, problem, world } from '../../../testing/backend.js';
import {
  aCredential,
  ago,
  connectionDetails,
  id,
  ONE_LINE,
  PRACTICE,
} from '../../../testing/builders.js';
import { renderApp } from '../../../testing/render-app.js';

const TOKEN = 'a-token-of-theirs';

it('lists the connected phone systems with their state, Practice marked, and what can be connected', async () => {
  world.connections = [
    PRACTICE,
    { ...ONE_LINE, state: 'problem', problem: 'The API token is wrong.', problem_since: ago(300) },
  ];
  renderApp('/settings/connections');
  const practice = await screen.findByRole('article', { name: 'Practice' });
  expect(within(practice).getByText('Practice: no real phones')).toBeTruthy();
  // It is always there.
  expect(within(practice).queryByRole('button', { name: /Remove|Disable|Test/ })).toBeNull();
  const real = screen.getByRole('article', { name: 'Aircall' });
  expect(within(real).getByText('Needs attention')).toBeTruthy();
  expect(within(real).getByText('The API token is wrong.')).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Connect Aircall' })).toBeTruthy();
});

it('connects a phone system, and what was typed as a credential is nowhere afterwards', async () => {
  backend.use(
    on('post', '/api/connections', () => {
      world.connections = [PRACTICE, ONE_LINE];
      return { message: 'Aircall is connected.', connection: connectionDetails(ONE_LINE) };
    }),
  );
  const { user } = renderApp('/settings/connections');
  await user.click(await screen.findByRole('button', { name: 'Connect Aircall' }));
  const dialog = await screen.findByRole('dialog', { name: 'Connect Aircall' });
  const field = within(dialog).getByLabelText('API token') as HTMLInputElement;
  expect(field.type).toBe('password');
  await user.type(field, TOKEN);
  await user.click(within(dialog).getByRole('button', { name: 'Connect' }));
  expect(await screen.findByRole('article', { name: 'Aircall' })).toBeTruthy();
  expect(askedFor('POST /api/connections')).toEqual([
    {
      integration: 'aircall',
      label: 'Aircall',
      settings: {},
      credentials: { api_token: TOKEN },
    },
  ]);
  await waitFor(() => expect(document.body.innerHTML).not.toContain(TOKEN));
});

it('changes a setting without touching the credentials, and says when another person saved first', async () => {
  world.connections = [PRACTICE, ONE_LINE];
  const details = connectionDetails(ONE_LINE, {
    credentials: [
      aCredential({
        set: true,
        source: 'stored',
        updated_at: ago(60),
        updated_by: { id: id(601), name: 'Ada Moreau' },
      }),
    ],
  });
  backend.use(
    on('get', '/api/connections/aircall', () => details),
    on('patch', '/api/connections/aircall', () =>
      problem(409, 'version_conflict', 'The connection is at version 2, not 1.'),
    ),
  );
  const { user } = renderApp('/settings/connections');
  await user.click(await screen.findByRole('button', { name: 'Edit Aircall' }));
  const dialog = await screen.findByRole('dialog', { name: 'Settings of Aircall' });
  expect(await within(dialog).findByText(/Stored by Ada Moreau,/)).toBeTruthy();
  const requests = within(dialog).getByLabelText(/Requests per minute/);
  await user.clear(requests);
  await user.type(requests, '30');
  await user.click(within(dialog).getByRole('button', { name: 'Save' }));
  expect(
    await within(dialog).findByRole('button', { name: 'Load the newer version' }),
  ).toBeTruthy();
  expect(askedFor('PATCH /api/connections/aircall')).toEqual([
    { version: 1, label: 'Aircall', settings: { requests_per_minute: 30 }, credentials: {} },
  ]);
});

it('says of what the environment provides that it is changed there', async () => {
  const fixed = { ...ONE_LINE, from_environment: true };
  world.connections = [PRACTICE, fixed];
  backend.use(
    on('get', '/api/connections/aircall', () =>
      connectionDetails(fixed, {
        credentials: [aCredential({ set: true, source: 'environment', editable: false })],
        settings_from_environment: [
          {
            name: 'requests_per_minute',
            environment_variable: 'AIRCALL_REQUESTS_PER_MINUTE',
          },
        ],
      }),
    ),
  );
  const { user } = renderApp('/settings/connections');
  const card = await screen.findByRole('article', { name: 'Aircall' });
  expect(within(card).getByText(/from the environment/)).toBeTruthy();
  expect(within(card).queryByRole('button', { name: /^(Remove|Disable)/ })).toBeNull();
  await user.click(within(card).getByRole('button', { name: 'Edit Aircall' }));
  const dialog = await screen.findByRole('dialog', { name: 'Settings of Aircall' });
  const field = (await within(dialog).findByLabelText('API token')) as HTMLInputElement;
  expect(field.disabled).toBe(true);
  expect(field.placeholder).toContain('AIRCALL_API_TOKEN');
  expect(within(dialog).getByText(/AIRCALL_REQUESTS_PER_MINUTE/)).toBeTruthy();
  expect(within(dialog).queryByRole('button', { name: /^Remove/ })).toBeNull();
});

it('tests a connection and shows what the phone system answered', async () => {
  world.connections = [PRACTICE, ONE_LINE];
  backend.use(
    on('post', '/api/connections/aircall/test', () => {
      const wrong = { ...ONE_LINE, state: 'problem' as const, problem: 'Aircall refuses the key.' };
      world.connections = [PRACTICE, wrong];
      return {
        ok: false,
        message: 'Aircall refuses the key.',
        connection: connectionDetails(wrong),
      };
    }),
  );
  const { user } = renderApp('/settings/connections');
  await user.click(await screen.findByRole('button', { name: 'Test Aircall' }));
  expect(await screen.findByText('Aircall refuses the key.')).toBeTruthy();
});

it('does not remove a connection that calls go through, and says why', async () => {
  world.connections = [PRACTICE, ONE_LINE];
  backend.use(
    on('delete', '/api/connections/aircall', () =>
      problem(409, 'connection_in_use', 'A session goes through Aircall. Stop it first.'),
    ),
  );
  const { user } = renderApp('/settings/connections');
  await user.click(await screen.findByRole('button', { name: 'Remove Aircall' }));
  const dialog = await screen.findByRole('dialog', { name: 'Remove Aircall?' });
  await user.click(within(dialog).getByRole('button', { name: 'Remove' }));
  expect(await screen.findByText(/A session goes through Aircall/)).toBeTruthy();
  expect(screen.getByRole('article', { name: 'Aircall' })).toBeTruthy();
});
