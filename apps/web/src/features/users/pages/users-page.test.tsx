import { screen, waitFor, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { askedFor, backend, on, problem, world } from '../../../testing/backend.js';
import { anApiKey, aUser, id } from '../../../testing/builders.js';
import { renderApp } from '../../../testing/render-app.js';

const BEN = aUser({ id: id(602), name: 'Ben Okri', email: 'ben@outdial.example', role: 'agent' });

it('adds an agent with a password that is shown this once', async () => {
  backend.use(
    on('post', '/api/users', () => ({
      message: 'Ben Okri was added.',
      user: BEN,
      one_time_password: 'tulip-rover-candle',
    })),
  );
  const { user } = renderApp('/users');
  await user.click(await screen.findByRole('button', { name: 'Add user' }));
  const form = await screen.findByRole('dialog', { name: 'Add a user' });
  await user.type(within(form).getByLabelText(/^Name/), 'Ben Okri');
  await user.type(within(form).getByLabelText(/^Email address/), 'ben@outdial.example');
  await user.click(within(form).getByRole('button', { name: 'Add user' }));
  const shown = await screen.findByRole('dialog', { name: 'A password for Ben Okri' });
  expect(within(shown).getByText('tulip-rover-candle')).toBeTruthy();
  await user.click(within(shown).getByRole('button', { name: 'Done' }));
  await waitFor(() => expect(screen.queryByText('tulip-rover-candle')).toBeNull());
  expect(askedFor('POST /api/users')).toEqual([
    { name: 'Ben Okri', email: 'ben@outdial.example', role: 'agent' },
  ]);
});

it('adds a supervisor who takes no calls', async () => {
  backend.use(on('post', '/api/users', () => ({ message: 'Added.', user: BEN })));
  const { user } = renderApp('/users');
  await user.click(await screen.findByRole('button', { name: 'Add user' }));
  const form = await screen.findByRole('dialog', { name: 'Add a user' });
  await user.type(within(form).getByLabelText(/^Name/), 'Ben Okri');
  await user.type(within(form).getByLabelText(/^Email address/), 'ben@outdial.example');
  await user.click(within(form).getByRole('combobox', { name: 'Role' }));
  await user.click(await screen.findByRole('option', { name: 'Supervisor' }));
  await user.click(within(form).getByRole('button', { name: 'Add user' }));
  await waitFor(() =>
    expect(askedFor('POST /api/users')).toMatchObject([{ role: 'supervisor', agent_id: null }]),
  );
});

it('says at the field that the address is taken', async () => {
  backend.use(
    on('post', '/api/users', () =>
      problem(409, 'duplicate_email', 'There is already a user with this address.'),
    ),
  );
  const { user } = renderApp('/users');
  await user.click(await screen.findByRole('button', { name: 'Add user' }));
  const form = await screen.findByRole('dialog', { name: 'Add a user' });
  await user.type(within(form).getByLabelText(/^Name/), 'Ben Okri');
  await user.type(within(form).getByLabelText(/^Email address/), 'ada@outdial.example');
  await user.click(within(form).getByRole('button', { name: 'Add user' }));
  expect(await within(form).findByText('There is already a user with this address.')).toBeTruthy();
});

it('finds people by name, and disables one after asking', async () => {
  world.users = [aUser(), BEN];
  backend.use(
    on('patch', `/api/users/${BEN.id}`, () => ({ message: 'Ben Okri was saved.', user: BEN })),
  );
  const { user } = renderApp('/users');
  await screen.findByText('Ben Okri');
  await user.type(screen.getByRole('textbox', { name: 'Search users' }), 'ben');
  await waitFor(() =>
    expect(screen.queryByRole('button', { name: 'Actions for Ada Moreau' })).toBeNull(),
  );
  await user.click(screen.getByRole('button', { name: 'Actions for Ben Okri' }));
  await user.click(await screen.findByRole('menuitem', { name: 'Disable' }));
  const question = await screen.findByRole('dialog', { name: 'Disable Ben Okri?' });
  await user.click(within(question).getByRole('button', { name: 'Disable' }));
  await waitFor(() => expect(askedFor(`PATCH /api/users/${BEN.id}`)).toEqual([{ disabled: true }]));
});

it('an admin gives a new password to a user who lost theirs', async () => {
  world.users = [BEN];
  backend.use(
    on('post', `/api/users/${BEN.id}/password`, () => ({
      message: 'Made.',
      user: BEN,
      one_time_password: 'tulip-rover-candle',
    })),
  );
  const { user } = renderApp('/users');
  await user.click(await screen.findByRole('button', { name: 'Actions for Ben Okri' }));
  await user.click(await screen.findByRole('menuitem', { name: 'Reset password' }));
  const question = await screen.findByRole('dialog', { name: 'A new password for Ben Okri?' });
  await user.click(within(question).getByRole('button', { name: 'Make a password' }));
  expect(await screen.findByText('tulip-rover-candle')).toBeTruthy();
});

it('names the API keys that a new password does not end, and revokes them on request', async () => {
  const keys = [anApiKey(1, { name: 'Wallboard' }), anApiKey(2, { name: 'Odd one' })];
  world.users = [BEN];
  backend.use(
    on('post', `/api/users/${BEN.id}/password`, () => ({
      message: 'Made.',
      user: BEN,
      one_time_password: 'tulip-rover-candle',
      api_keys: keys,
    })),
    ...keys.map((key) => on('delete', `/api/api-keys/${key.id}`, () => ({ message: 'Revoked.' }))),
  );
  const { user } = renderApp('/users');
  await user.click(await screen.findByRole('button', { name: 'Actions for Ben Okri' }));
  await user.click(await screen.findByRole('menuitem', { name: 'Reset password' }));
  const question = await screen.findByRole('dialog', { name: 'A new password for Ben Okri?' });
  await user.click(within(question).getByRole('button', { name: 'Make a password' }));
  expect(await screen.findByText(/^Odd one/)).toBeTruthy();
  await user.click(screen.getByRole('button', { name: 'Revoke these keys' }));
  expect(await screen.findByText('Their API keys are revoked.')).toBeTruthy();
  for (const key of keys) expect(askedFor(`DELETE /api/api-keys/${key.id}`)).toHaveLength(1);
});

it('does not let admins lock themselves out', async () => {
  const { user } = renderApp('/users');
  await user.click(await screen.findByRole('button', { name: 'Actions for Ada Moreau' }));
  await screen.findByRole('menuitem', { name: 'Edit' });
  expect(screen.queryByRole('menuitem', { name: 'Disable' })).toBeNull();
});
