import { screen, waitFor } from '@testing-library/react';
import { expect, it } from 'vitest';
import { world } from '../testing/backend.js';
import { aLead, aUser } from '../testing/builders.js';
import { renderApp } from '../testing/render-app.js';

it('a search stands in the address, and back and forward bring it back', async () => {
  world.leads = [aLead(1, { name: 'Ada Byron' }), aLead(2, { name: 'Ben Okri' })];
  const { user, router } = renderApp('/leads?sort=name');
  await screen.findByRole('button', { name: 'Ben Okri' });
  await user.type(screen.getByRole('textbox', { name: 'Search leads' }), 'ada');
  await waitFor(() => expect(router.state.location.search).toBe('?sort=name&q=ada'));

  await user.click(screen.getByRole('link', { name: 'Queues' }));
  await screen.findByRole('heading', { name: 'Queues' });
  await router.navigate(-1);
  const search = await screen.findByRole<HTMLInputElement>('textbox', { name: 'Search leads' });
  expect(search.value).toBe('ada');
  await waitFor(() => expect(screen.queryByRole('button', { name: 'Ben Okri' })).toBeNull());
});

it('clearing the filters leaves what else stands in the address', async () => {
  world.leads = [aLead(1)];
  const { user, router } = renderApp(`/leads?industry=Mining&lead=${aLead(1).id}`);
  await user.click(
    (await screen.findAllByRole('button', { name: 'Clear filters' }))[0] as HTMLElement,
  );
  await waitFor(() => expect(router.state.location.search).toBe(`?lead=${aLead(1).id}`));
});

it('the users page is searched by its address', async () => {
  world.users = [
    aUser({ name: 'Ada Byron', email: 'ada@example.com' }),
    aUser({ id: aLead(9).id, name: 'Ben Okri', email: 'ben@example.com' }),
  ];
  renderApp('/users?q=ben');
  const search = await screen.findByRole<HTMLInputElement>('textbox', { name: 'Search users' });
  expect(search.value).toBe('ben');
});

it('what the address names and the shape refuses is as good as not there', async () => {
  world.leads = [aLead(1)];
  renderApp('/history?outcome=NONSENSE&from=yesterday');
  expect(await screen.findByText('No calls yet')).toBeTruthy();
});
