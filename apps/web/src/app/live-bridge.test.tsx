import { act, screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { world } from '../testing/backend.js';
import {
  ADA,
  aCall,
  aConversation,
  ago,
  aLead,
  anEndedCall,
  anItem,
  aQueue,
  aSession,
  aStatus,
  id,
} from '../testing/builders.js';
import { renderApp } from '../testing/render-app.js';

const headerOf = ({ calls: _calls, lead_queue: _queue, ...header }: ReturnType<typeof aSession>) =>
  header;

describe('live events', () => {
  it('live events carry the dialer page from ringing to a conversation without asking the server', async () => {
    world.status = aStatus({ session: aSession({ calls: [aCall(1)] }), up_next: [anItem(2)] });
    const { hear } = renderApp('/dialer');
    await screen.findByRole('heading', { name: 'Dialing 1 line' });

    hear({ name: 'call.updated', data: aCall(2, { state: 'QUEUED' }) });
    expect(await screen.findByRole('article', { name: 'Line 2: Lead 2, Queued' })).toBeTruthy();
    expect(await screen.findByText('No leads are due in this queue.')).toBeTruthy();

    const winner = aConversation(1);
    hear({ name: 'call.updated', data: winner });
    hear({
      name: 'session.updated',
      data: headerOf(aSession({ phase: 'ON_CALL', winner_call_id: winner.id })),
    });
    expect(await screen.findByRole('heading', { name: 'On call with Lead 1' })).toBeTruthy();
  });

  it('live events do not let a late word on an earlier session displace the present one', async () => {
    world.status = aStatus({ session: aSession({ id: id(501), calls: [] }) });
    const { hear } = renderApp('/dialer');
    await screen.findByRole('heading', { name: 'Dialing' });
    hear({
      name: 'session.updated',
      data: headerOf(aSession({ id: id(500), status: 'STOPPED', phase: 'STOPPED' })),
    });
    expect(screen.getByRole('heading', { name: 'Dialing' })).toBeTruthy();
  });

  it('live events bring a session that was started elsewhere onto the page', async () => {
    const { hear } = renderApp('/dialer');
    await screen.findByText('There is no queue to work through yet');
    world.status = aStatus({ session: aSession({ calls: [aCall(1)] }) });
    hear({ name: 'session.updated', data: headerOf(aSession()) });
    expect(await screen.findByRole('heading', { name: 'Dialing 1 line' })).toBeTruthy();
  });

  it('live events keep other agents’ sessions off one’s own dialer', async () => {
    world.status = aStatus({ session: aSession({ calls: [aCall(1)] }) });
    const { hear } = renderApp('/dialer');
    await screen.findByRole('heading', { name: 'Dialing 1 line' });
    hear({
      name: 'session.updated',
      data: headerOf(aSession({ id: id(900), agent_id: id(2), phase: 'WRAP_UP' })),
    });
    expect(screen.getByRole('heading', { name: 'Dialing 1 line' })).toBeTruthy();
  });

  it('live events show a CRM sync that failed in the history', async () => {
    world.calls = [anEndedCall(1, 'CONNECTED', { crm_state: 'PENDING' })];
    const { hear } = renderApp('/history');
    expect(await screen.findByText('CRM pending')).toBeTruthy();
    hear({
      name: 'call.updated',
      data: anEndedCall(1, 'CONNECTED', { crm_state: 'FAILED', crm_error: 'It is down.' }),
    });
    expect(await screen.findByText('CRM failed')).toBeTruthy();
  });

  it('live events show what an agent does now', async () => {
    const { hear } = renderApp('/team');
    expect(await screen.findByText('Available', { selector: 'table *' })).toBeTruthy();
    hear({ name: 'agent.updated', data: { ...ADA, status: 'ON_CALL', status_since: ago(0) } });
    expect(await screen.findByText('On a call', { selector: 'table *' })).toBeTruthy();
  });

  it('live events count a queue down', async () => {
    world.queues = [aQueue(1)];
    const { hear } = renderApp('/queues');
    expect(await screen.findByRole('cell', { name: '8' })).toBeTruthy();
    hear({
      name: 'queue.updated',
      data: aQueue(1, { counts: { ...aQueue(1).counts, pending: 7 } }),
    });
    expect(await screen.findByRole('cell', { name: '7' })).toBeTruthy();
  });

  it('a queue that another user deleted leaves the list', async () => {
    world.queues = [aQueue(1), aQueue(2)];
    const { hear } = renderApp('/queues');
    expect(await screen.findByText('Queue 1')).toBeTruthy();
    hear({ name: 'queue.updated', data: aQueue(1, { archived_at: ago(0) }) });
    await waitFor(() => expect(screen.queryByText('Queue 1')).toBeNull());
    expect(screen.getByText('Queue 2')).toBeTruthy();
  });

  it('move an import on', async () => {
    const running = {
      id: id(700),
      file_name: 'fair.csv',
      state: 'RUNNING' as const,
      queue_id: null,
      mapping: {},
      rows_total: 200,
      rows_done: 0,
      created: 0,
      updated: 0,
      skipped: 0,
      suppressed: 0,
      incomplete: 0,
      failed: 0,
      error: null,
      created_at: ago(5),
      finished_at: null,
    };
    world.imports = [running];
    const { hear } = renderApp(`/import/${running.id}`);
    expect(await screen.findByText(/0 of 200 rows/)).toBeTruthy();
    hear({ name: 'import.progress', data: { ...running, rows_done: 120, created: 119 } });
    expect(await screen.findByText(/120 of 200 rows/)).toBeTruthy();
    world.imports = [{ ...running, state: 'DONE', rows_done: 200, created: 198, failed: 1 }];
    world.importGroups = [
      {
        fate: 'refused',
        code: 'unusable_number',
        field: 'phone_number',
        lines: 1,
        example: { line: 17, reason: 'is too short' },
      },
    ];
    hear({ name: 'import.progress', data: { ...running, state: 'DONE', rows_done: 200 } });
    expect(await screen.findByText('Import done')).toBeTruthy();
    expect(await screen.findByRole('cell', { name: /Line 17.*is too short/ })).toBeTruthy();
  });
});

describe('the connection', () => {
  it('the connection reads everything again when the server no longer knows what was missed', async () => {
    world.leads = [aLead(1)];
    const { bridge } = renderApp('/leads');
    await screen.findByRole('button', { name: 'Lead 1' });
    world.leads = [aLead(1), aLead(2)];
    act(() => bridge.onHello({ epoch: 'e', last: 9, resumed: true }));
    expect(screen.queryByRole('button', { name: 'Lead 2' })).toBeNull();
    act(() => bridge.onHello({ epoch: 'f', last: 9, resumed: false }));
    expect(await screen.findByRole('button', { name: 'Lead 2' })).toBeTruthy();
  });

  it('the connection is said to be lost when it stays away, and the banner goes by itself', async () => {
    const { setLive } = renderApp('/leads');
    setLive('lost');
    expect(
      await screen.findByText('The live connection is lost.', {}, { timeout: 3_000 }),
    ).toBeTruthy();
    setLive('connected');
    await waitFor(() => expect(screen.queryByText('The live connection is lost.')).toBeNull());
  });
});
