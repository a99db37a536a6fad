import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { world } from '../testing/backend.js';
import { aLead, anAuditEntry, anEndedCall, aQueue, aUser, NOW } from '../testing/builders.js';
import { renderApp } from '../testing/render-app.js';

const placesShown = () =>
  within(screen.getByRole('navigation', { name: 'Main' }))
    .getAllByRole('link')
    .map((link) => link.textContent)
    .slice(1);

describe('where one can go', () => {
  it('is, for an agent, what an agent works with', async () => {
    renderApp('/leads', { role: 'agent' });
    await screen.findByRole('heading', { name: 'Leads' });
    expect(placesShown()).toEqual([
      'Dialer',
      'Leads',
      'Queues',
      'History',
      'Statistics',
      'Settings',
    ]);
  });

  it('where one can go is the team and the import too for a supervisor, and everything for an admin', async () => {
    const { unmount } = renderApp('/leads', { role: 'supervisor' });
    await screen.findByRole('heading', { name: 'Leads' });
    expect(placesShown()).toEqual([
      'Dialer',
      'Leads',
      'Import',
      'Queues',
      'History',
      'Statistics',
      'Team',
      'Settings',
    ]);
    unmount();
    renderApp('/leads', { role: 'admin' });
    await screen.findByRole('heading', { name: 'Leads' });
    expect(placesShown().slice(-3)).toEqual(['Users', 'API keys', 'Audit']);
  });

  it.each(['/users', '/api-keys', '/audit', '/team', '/import'])(
    'does not take an agent to %s, whatever address they type',
    async (path) => {
      renderApp(path, { role: 'agent' });
      expect(await screen.findByText('You do not have permission to open this page')).toBeTruthy();
    },
  );
});

describe('an agent', () => {
  it('an agent finds no button on the pages for what they may not do', async () => {
    world.leads = [aLead(1)];
    const leads = renderApp('/leads', { role: 'agent' });
    await screen.findByRole('button', { name: 'Lead 1' });
    expect(screen.queryByRole('button', { name: 'Add lead' })).toBeNull();
    await leads.user.click(screen.getByRole('checkbox', { name: 'Select Lead 1' }));
    const bar = await screen.findByRole('toolbar', { name: 'Selected leads' });
    expect(within(bar).queryByRole('button', { name: 'Enrich' })).toBeNull();
    expect(within(bar).queryByRole('button', { name: 'Add to queue' })).toBeNull();
    expect(within(bar).getByRole('button', { name: 'Call now' })).toBeTruthy();
    await leads.user.click(screen.getByRole('button', { name: 'Lead 1' }));
    expect(await screen.findByRole('button', { name: 'Edit' })).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Delete' })).toBeNull();
    expect(screen.queryByRole('button', { name: 'Erase this person' })).toBeNull();
    leads.unmount();

    world.queues = [aQueue(1)];
    const queue = renderApp(`/queues/${aQueue(1).id}`, { role: 'agent' });
    await screen.findByRole('heading', { name: 'Queue 1' });
    expect(screen.queryByRole('button', { name: 'Delete' })).toBeNull();
    expect(screen.queryByRole('button', { name: 'Add leads' })).toBeNull();
    queue.unmount();

    world.calls = [anEndedCall(1, 'CONNECTED')];
    renderApp('/history', { role: 'agent' });
    await screen.findByRole('table', { name: 'Calls' });
    expect(screen.queryByRole('button', { name: 'Export CSV' })).toBeNull();
    expect(screen.queryByRole('button', { name: 'Retry failed syncs' })).toBeNull();
    expect(screen.queryByRole('combobox', { name: 'Agent' })).toBeNull();
  });

  it('an agent sees how the dialer is set, and cannot change it', async () => {
    renderApp('/settings', { role: 'agent' });
    const delay = await screen.findByRole('textbox', { name: 'Delay between rounds' });
    expect(delay.closest('fieldset')?.disabled).toBe(true);
    expect(screen.queryByRole('button', { name: 'Save settings' })).toBeNull();
    expect(screen.getAllByRole('tab').map((tab) => tab.textContent)).toEqual([
      'System',
      'Do not call',
    ]);
  });

  it('an agent has no choice to act for others, and signs out from the menu', async () => {
    const { user, account } = renderApp('/leads', { role: 'agent' });
    await user.click(await screen.findByRole('button', { name: /^Ada Moreau\s*Available$/ }));
    expect(await screen.findByRole('menuitem', { name: 'My profile' })).toBeTruthy();
    expect(screen.queryByText('Act for')).toBeNull();
    await user.click(screen.getByRole('menuitem', { name: 'Sign out' }));
    await waitFor(() => expect(account.signOut).toHaveBeenCalled());
  });
});

describe('the first page', () => {
  it.each([
    ['an agent', { role: 'agent' as const }, '/dialer'],
    ['a supervisor', { role: 'supervisor' as const, agentId: null }, '/team'],
    ['an admin', { role: 'admin' as const, agentId: null }, '/team'],
    ['an admin who takes calls', { role: 'admin' as const }, '/dialer'],
  ])('of %s is where their work is', async (_, as, path) => {
    const { router } = renderApp('/', as);
    await waitFor(() => expect(router.state.location.pathname).toBe(path));
  });
});

describe('who takes no calls', () => {
  it('hears so on the dialer page, and is shown the way to the sessions of others', async () => {
    renderApp('/dialer', { role: 'supervisor', agentId: null });
    expect(await screen.findByText('This account isn’t set up to make calls')).toBeTruthy();
    expect(screen.getByRole('link', { name: 'View team' })).toBeTruthy();
  });

  it('who takes no calls may act for an agent from the team page', async () => {
    const { user, actAs, router } = renderApp('/team', { role: 'supervisor', agentId: null });
    await user.click(await screen.findByRole('button', { name: 'Act for Ada Moreau' }));
    expect(actAs).toHaveBeenCalledWith(world.agents[0]?.id);
    expect(router.state.location.pathname).toBe('/dialer');
  });
});

it('shows admins at once what they should look at, but not hours later', async () => {
  world.audit = [anAuditEntry(1)];
  const { hear } = renderApp('/audit', { user: aUser() });
  await screen.findByText('Signed in');
  const alert = {
    name: 'security.alert',
    data: {
      kind: 'many_failed_sign_ins',
      message: '50 failed sign-ins within 5 minutes.',
      at: NOW,
    },
  } as const;
  hear(alert, { missed: false });
  hear({ ...alert, data: { ...alert.data, kind: 'large_export' } });
  expect(await screen.findByText('Many failed sign-ins')).toBeTruthy();
  expect(screen.queryByText('A large export')).toBeNull();
  world.audit = [anAuditEntry(2, { action: 'sign_in_failed' }), anAuditEntry(1)];
  await waitFor(() => expect(screen.getByText('Sign-in failed')).toBeTruthy());
});
