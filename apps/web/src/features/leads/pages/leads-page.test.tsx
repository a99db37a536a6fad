import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { askedFor, backend, on, problem, world } from '../../../testing/backend.js';
import { aLead, aQueue, aSession, aStatus } from '../../../testing/builders.js';
import { renderApp } from '../../../testing/render-app.js';

describe('the leads page', () => {
  it('the leads page finds leads by name', async () => {
    world.leads = [aLead(1, { name: 'Ada Byron' }), aLead(2, { name: 'Ben Okri' })];
    const { user } = renderApp('/leads');
    await screen.findByRole('button', { name: 'Ben Okri' });
    await user.type(screen.getByRole('textbox', { name: 'Search leads' }), 'ada');
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Ben Okri' })).toBeNull());
    expect(screen.getByRole('button', { name: 'Ada Byron' })).toBeTruthy();
  });

  it('the leads page reads the filter from the address', async () => {
    world.leads = [aLead(1), aLead(2, { industry: 'Retail' })];
    renderApp('/leads?industry=Retail');
    expect(await screen.findByRole('button', { name: 'Lead 2' })).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Lead 1' })).toBeNull();
  });

  it('the leads page says that nothing fits, and clears the filters', async () => {
    world.leads = [aLead(1)];
    const { user } = renderApp('/leads?industry=Mining');
    expect(await screen.findByText('No leads match these filters')).toBeTruthy();
    await user.click(screen.getAllByRole('button', { name: 'Clear filters' })[0] as HTMLElement);
    expect(await screen.findByRole('button', { name: 'Lead 1' })).toBeTruthy();
  });

  it('calls the selected leads, in the order of the table, and goes to the dialer', async () => {
    world.leads = [aLead(1), aLead(2), aLead(3)];
    const { user, router } = renderApp('/leads');
    await user.click(await screen.findByRole('checkbox', { name: 'Select Lead 3' }));
    await user.click(screen.getByRole('checkbox', { name: 'Select Lead 1' }));
    await user.click(screen.getByRole('button', { name: 'Call now' }));
    const dialog = await screen.findByRole('dialog', { name: 'Call 2 leads' });
    await user.click(await within(dialog).findByRole('radio', { name: '2' }));
    world.status = aStatus({ session: aSession() });
    await user.click(within(dialog).getByRole('button', { name: 'Start session' }));
    await waitFor(() => expect(router.state.location.pathname).toBe('/dialer'));
    expect(askedFor('POST /api/dialer/start')).toEqual([
      { lead_ids: [aLead(1).id, aLead(3).id], lines: 2, after_connect: 'continue' },
    ]);
  });

  it('selects all loaded leads and puts them into a queue', async () => {
    world.leads = [aLead(1), aLead(2)];
    world.queues = [aQueue(1, { name: 'Renewals' })];
    backend.use(
      on('post', '/api/queue', () => ({
        message: 'Added.',
        added: 1,
        already_there: 1,
        suppressed: 0,
        contact_ended: 0,
        items: [],
      })),
    );
    const { user } = renderApp('/leads');
    await user.click(await screen.findByRole('checkbox', { name: 'Select all loaded rows' }));
    await user.click(screen.getByRole('button', { name: 'Add to queue' }));
    const dialog = await screen.findByRole('dialog', { name: 'Add 2 leads to a queue' });
    await user.click(within(dialog).getByRole('combobox', { name: /^Queue/ }));
    await user.click(await screen.findByRole('option', { name: 'Renewals' }));
    await user.click(within(dialog).getByRole('button', { name: 'Add to queue' }));
    expect(await screen.findByText('1 lead added, 1 were there already.')).toBeTruthy();
    expect(askedFor('POST /api/queue')).toMatchObject([
      { queue_id: aQueue(1).id, lead_ids: [aLead(1).id, aLead(2).id] },
    ]);
  });
});

describe('adding a lead', () => {
  it('adding a lead shows the server’s objections at their fields and keeps what was typed', async () => {
    backend.use(
      on('post', '/api/leads', () =>
        problem(400, 'invalid_phone_number', 'The phone number is too short.', [
          { field: 'phone_number', message: 'is too short for a number in the US' },
        ]),
      ),
    );
    const { user } = renderApp('/leads');
    await user.click(
      (await screen.findAllByRole('button', { name: 'Add lead' }))[0] as HTMLElement,
    );
    const dialog = await screen.findByRole('dialog', { name: 'Add a lead' });
    await user.type(within(dialog).getByLabelText(/^Name/), 'Ada Byron');
    await user.type(within(dialog).getByLabelText(/^Phone number/), '12');
    await user.click(within(dialog).getByRole('button', { name: 'Add lead' }));
    expect(await within(dialog).findByText('is too short for a number in the US')).toBeTruthy();
    expect(
      within(dialog)
        .getByLabelText(/^Phone number/)
        .getAttribute('aria-invalid'),
    ).toBe('true');
    expect((within(dialog).getByLabelText(/^Name/) as HTMLInputElement).value).toBe('Ada Byron');
  });

  it('adding a lead closes and shows the new lead', async () => {
    backend.use(
      on('post', '/api/leads', () => {
        world.leads = [aLead(9, { name: 'Ada Byron' })];
        return { message: 'Created.', lead: world.leads[0] ?? null };
      }),
    );
    const { user } = renderApp('/leads');
    await user.click(
      (await screen.findAllByRole('button', { name: 'Add lead' }))[0] as HTMLElement,
    );
    const dialog = await screen.findByRole('dialog', { name: 'Add a lead' });
    await user.type(within(dialog).getByLabelText(/^Name/), 'Ada Byron');
    await user.type(within(dialog).getByLabelText(/^Phone number/), '+12025550109');
    await user.click(within(dialog).getByRole('button', { name: 'Add lead' }));
    expect(await screen.findByRole('button', { name: 'Ada Byron' })).toBeTruthy();
    await waitFor(() => expect(screen.queryByRole('dialog', { name: 'Add a lead' })).toBeNull());
    expect(askedFor('POST /api/leads')).toMatchObject([{ company: null, score: 0 }]);
  });
});

it('opens a lead beside the table, and puts its number on the do-not-call list after asking', async () => {
  world.leads = [aLead(1)];
  backend.use(
    on('post', '/api/suppressions', () => ({ message: 'Added.', added: 1, already_there: 0 })),
  );
  const { user } = renderApp('/leads');
  await user.click(await screen.findByRole('button', { name: 'Lead 1' }));
  await user.click(await screen.findByRole('button', { name: 'Do not call' }));
  const question = await screen.findByRole('dialog', { name: 'Never call Lead 1 again?' });
  await user.click(within(question).getByRole('button', { name: 'Do not call' }));
  await waitFor(() =>
    expect(askedFor('POST /api/suppressions')).toEqual([
      { phone_numbers: [aLead(1).phone_number] },
    ]),
  );
});

describe('with 1,500 leads on the page', () => {
  it('with 1,500 leads on the page only the rows near the screen are there, and a checkbox draws only its own anew', async () => {
    world.leads = Array.from({ length: 1_500 }, (_, n) => aLead(n + 1));
    const { queryClient, user } = renderApp('/leads');
    await screen.findByText('50 of 1,500 leads');
    const [key] = queryClient.getQueryCache().findAll({ queryKey: ['leads', 'list'] });
    queryClient.setQueryData(key?.queryKey ?? [], {
      pages: [{ leads: world.leads, total: 1_500, next_cursor: null }],
      pageParams: [undefined],
    });
    await screen.findByText('1,500 leads');
    const rows = within(screen.getByRole('table', { name: 'Leads' })).getAllByRole('row');
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.length).toBeLessThan(80);
    expect(screen.getByRole('table').getAttribute('aria-rowcount')).toBe('1501');
    expect(rows[1]?.getAttribute('aria-rowindex')).toBe('2');

    // What is drawn anew gets new attributes or text; of the other rows nothing is touched.
    const changed = new Set<Node>();
    const observer = new MutationObserver((records) => {
      for (const { target } of records) {
        const row = (target as Element).closest?.('tbody tr');
        if (row) changed.add(row);
      }
    });
    observer.observe(document.body, { subtree: true, attributes: true, childList: true });
    const box = screen.getByRole('checkbox', { name: 'Select Lead 3' });
    await user.click(box);
    await screen.findByText('1 selected');
    observer.disconnect();
    expect([...changed]).toEqual([box.closest('tr')]);
  });
});
