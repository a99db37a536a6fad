import { PERMISSIONS } from '@outdial/protocol';
import { screen, waitFor, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { askedFor, backend, on, world } from '../../../testing/backend.js';
import { anApiKey } from '../../../testing/builders.js';
import { renderApp } from '../../../testing/render-app.js';

it('makes a key with what it may do, and shows it this once', async () => {
  const made = anApiKey(1, { name: 'Wallboard', permissions: ['leads.any', 'leads.read'] });
  backend.use(
    on('post', '/api/api-keys', () => ({
      message: 'Made.',
      api_key: made,
      key: 'od_secretsecret',
    })),
  );
  const { user } = renderApp('/api-keys');
  await user.click(
    (await screen.findAllByRole('button', { name: 'Create key' }))[0] as HTMLElement,
  );
  const dialog = await screen.findByRole('dialog', { name: 'Make an API key' });
  await user.type(within(dialog).getByLabelText(/^Name/), 'Wallboard');
  const leads = within(dialog).getByRole('group', { name: 'Leads' });
  await user.click(within(leads).getByRole('checkbox', { name: PERMISSIONS['leads.any'] }));
  // All leads are of no use to a program that may not read leads.
  expect(
    (within(leads).getByRole('checkbox', { name: PERMISSIONS['leads.read'] }) as HTMLInputElement)
      .checked,
  ).toBe(true);
  expect(within(dialog).queryByRole('checkbox', { name: PERMISSIONS['calls.own'] })).toBeNull();
  await user.click(within(dialog).getByRole('button', { name: 'Create key' }));
  expect(await screen.findByText('od_secretsecret')).toBeTruthy();
  await user.click(screen.getByRole('button', { name: 'Done' }));
  await waitFor(() => expect(screen.queryByText('od_secretsecret')).toBeNull());
  expect(askedFor('POST /api/api-keys')).toMatchObject([
    { name: 'Wallboard', permissions: ['leads.any', 'leads.read'] },
  ]);
});

it('revokes a key after asking', async () => {
  const key = anApiKey(1, { name: 'Wallboard' });
  world.apiKeys = [key];
  backend.use(on('delete', `/api/api-keys/${key.id}`, () => ({ message: 'Revoked.' })));
  const { user } = renderApp('/api-keys');
  await user.click(await screen.findByRole('button', { name: 'Revoke Wallboard' }));
  const question = await screen.findByRole('dialog', { name: 'Revoke the key “Wallboard”?' });
  await user.click(within(question).getByRole('button', { name: 'Revoke' }));
  await waitFor(() => expect(askedFor(`DELETE /api/api-keys/${key.id}`)).toHaveLength(1));
});
