import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { askedFor, backend, on, problem, world } from '../../../testing/backend.js';
import {
  AIRCALL,
  aCall,
  aConversation,
  ago,
  anEndedCall,
  anItem,
  aQueue,
  aSession,
  aStatus,
} from '../../../testing/builders.js';
import { renderApp } from '../../../testing/render-app.js';

const onCall = () => {
  const winner = aConversation(1);
  return aSession({
    phase: 'ON_CALL',
    winner_call_id: winner.id,
    calls: [anEndedCall(2, 'CANCELED_BY_DIALER'), winner],
    metrics: { attempted: 2, connected: 0, failed: 0, canceled: 1 },
  });
};

describe('without a session', () => {
  it('starts one from a queue with as many lines as chosen', async () => {
    world.queues = [aQueue(1, { name: 'Renewals' })];
    const { user } = renderApp('/dialer');
    const lines = await screen.findByRole('radiogroup', { name: 'Lines' });
    await user.click(within(lines).getByRole('radio', { name: '3' }));
    await user.click(screen.getByRole('radio', { name: 'Stop the session' }));
    await user.click(screen.getByRole('button', { name: 'Start session' }));
    await waitFor(() =>
      expect(askedFor('POST /api/dialer/start')).toEqual([
        { queue_id: world.queues[0]?.id, lines: 3, after_connect: 'stop' },
      ]),
    );
  });

  it('says why there is only one line with a provider that carries one', async () => {
    world.queues = [aQueue(1)];
    world.status = aStatus({ provider: AIRCALL });
    renderApp('/dialer');
    expect(await screen.findByText(/Aircall carries one line per agent/)).toBeTruthy();
    expect(screen.queryByRole('radio', { name: '2' })).toBeNull();
  });

  it('says why it could not start', async () => {
    world.queues = [aQueue(1)];
    backend.use(
      on('post', '/api/dialer/start', () =>
        problem(422, 'nothing_to_call', 'The queue holds no lead that could ever be called.'),
      ),
    );
    const { user } = renderApp('/dialer');
    await user.click(await screen.findByRole('button', { name: 'Start session' }));
    expect((await screen.findByRole('alert')).textContent).toContain('no lead that could ever');
  });

  it('points to the import when there is no queue', async () => {
    renderApp('/dialer');
    expect(await screen.findByText('There is no queue to work through yet')).toBeTruthy();
    expect(screen.getByRole('link', { name: 'Import leads' })).toBeTruthy();
  });
});

describe('while phones ring', () => {
  it('shows a card per line, the numbers of the session and who is next', async () => {
    world.status = aStatus({
      session: aSession({
        lines: 3,
        calls: [aCall(2), aCall(1)],
        metrics: { attempted: 5, connected: 1, failed: 2, canceled: 0 },
      }),
      up_next: [anItem(7)],
    });
    renderApp('/dialer');
    expect(await screen.findByRole('heading', { name: 'Dialing 2 lines' })).toBeTruthy();
    expect(screen.getByRole('article', { name: 'Line 1: Lead 1, Ringing' })).toBeTruthy();
    expect(screen.getByRole('article', { name: 'Line 2: Lead 2, Ringing' })).toBeTruthy();
    expect(screen.getByRole('article', { name: 'Line 3, free' })).toBeTruthy();
    const next = screen.getByRole('region', { name: 'Up next' });
    expect(within(next).getByText('Lead 7')).toBeTruthy();
    expect(screen.getByText('Attempted').nextSibling?.textContent).toBe('5');
  });

  it('pauses with the space bar and stops with S, after asking', async () => {
    world.status = aStatus({ session: aSession({ calls: [aCall(1)] }) });
    const { user } = renderApp('/dialer');
    await screen.findByRole('heading', { name: 'Dialing 1 line' });
    await user.keyboard(' ');
    await waitFor(() => expect(askedFor('POST /api/dialer/pause')).toHaveLength(1));
    await user.keyboard('s');
    expect(askedFor('POST /api/dialer/stop')).toHaveLength(0);
    await user.click(await screen.findByRole('button', { name: 'Stop session' }));
    await waitFor(() => expect(askedFor('POST /api/dialer/stop')).toHaveLength(1));
  });
});

describe('in a conversation', () => {
  it('puts the winner first and lets the other lines step back', async () => {
    world.status = aStatus({ session: onCall() });
    renderApp('/dialer');
    expect(await screen.findByRole('heading', { name: 'On call with Lead 1' })).toBeTruthy();
    const winner = screen.getByRole('article', { name: /Lead 1, On the line/ });
    const other = screen.getByRole('article', { name: /Lead 2, Ended/ });
    expect(winner.dataset.winner).toBe('true');
    expect(other.dataset.back).toBe('true');
    expect(within(other).getByText('CRM synced')).toBeTruthy();
  });

  it('asks before a number is never called again', async () => {
    world.status = aStatus({ session: onCall() });
    const { user } = renderApp('/dialer');
    await screen.findByRole('heading', { name: 'On call with Lead 1' });
    await user.keyboard('4');
    const question = await screen.findByRole('dialog', { name: /Never call .* again\?/ });
    expect(askedFor(`POST /api/calls/${aCall(1).id}/disposition`)).toHaveLength(0);
    await user.click(within(question).getByRole('button', { name: 'Do Not Call' }));
    await waitFor(() =>
      expect(askedFor(`POST /api/calls/${aCall(1).id}/disposition`)).toEqual([
        { disposition: 'Do Not Call' },
      ]),
    );
  });

  it('saves a disposition with one key, and the notes with it', async () => {
    world.status = aStatus({ session: onCall() });
    const { user } = renderApp('/dialer');
    await screen.findByRole('heading', { name: 'On call with Lead 1' });
    await user.keyboard('n');
    await user.keyboard('Wants a demo in 1 week');
    expect(askedFor(`POST /api/calls/${aCall(1).id}/disposition`)).toHaveLength(0);
    await user.keyboard('{Escape}1');
    expect(await screen.findByText('Saved: Interested')).toBeTruthy();
    expect(askedFor(`POST /api/calls/${aCall(1).id}/disposition`)).toEqual([
      { disposition: 'Interested', notes: 'Wants a demo in 1 week' },
    ]);
    expect(screen.getByRole('button', { name: 'Interested' }).getAttribute('aria-pressed')).toBe(
      'true',
    );
  });

  it('offers to save the notes only while there is something to save', async () => {
    const winner = anEndedCall(1, 'CONNECTED');
    world.status = aStatus({
      session: aSession({
        phase: 'WRAP_UP',
        wrap_up_until: ago(-30),
        winner_call_id: winner.id,
        calls: [winner],
      }),
    });
    const { user } = renderApp('/dialer');
    await user.type(await screen.findByLabelText('Notes'), 'Wants a demo');
    await user.keyboard('{Escape}1');
    expect(await screen.findByText('Saved: Interested')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Save notes' })).toBeNull();
    await user.type(screen.getByLabelText('Notes'), ' next week');
    await user.click(screen.getByRole('button', { name: 'Save notes' }));
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Save notes' })).toBeNull());
  });

  it('asks when to call back', async () => {
    world.status = aStatus({ session: onCall() });
    const { user } = renderApp('/dialer');
    await user.click(await screen.findByRole('button', { name: 'Call Back' }));
    expect(await screen.findByLabelText('Call back at')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Save call-back' }));
    await waitFor(() => {
      const [body] = askedFor(`POST /api/calls/${aCall(1).id}/disposition`);
      expect(body).toMatchObject({ disposition: 'Call Back' });
      expect((body as { callback_at: string }).callback_at).toMatch(/^\d{4}-.*Z$/);
    });
  });

  it('offers to hang up only where the provider can', async () => {
    world.status = aStatus({ session: onCall() });
    const { queryClient } = renderApp('/dialer');
    expect(await screen.findByRole('button', { name: 'Hang up' })).toBeTruthy();
    world.status = aStatus({ session: onCall(), provider: AIRCALL });
    await queryClient.invalidateQueries();
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Hang up' })).toBeNull());
  });
});

describe('afterwards', () => {
  it('saves notes that were being written when the next round began', async () => {
    const winner = anEndedCall(1, 'CONNECTED');
    const session = aSession({
      phase: 'WRAP_UP',
      wrap_up_until: ago(-30),
      winner_call_id: winner.id,
      calls: [winner],
    });
    world.status = aStatus({ session });
    const { user, hear } = renderApp('/dialer');
    await user.type(await screen.findByLabelText('Notes'), 'Half a sentence');
    const { calls: _calls, lead_queue: _queue, ...header } = session;
    hear({
      name: 'session.updated',
      data: { ...header, phase: 'DIALING', round: 2, winner_call_id: null, wrap_up_until: null },
    });
    await waitFor(() =>
      expect(askedFor(`POST /api/calls/${winner.id}/disposition`)).toEqual([
        { disposition: 'Connected - Conversation', notes: 'Half a sentence' },
      ]),
    );
  });

  it('offers the next session when one is over', async () => {
    world.queues = [aQueue(1)];
    world.status = aStatus({
      session: aSession({
        status: 'STOPPED',
        phase: 'STOPPED',
        reason: 'queue_dry',
        stopped_at: ago(1),
        calls: [anEndedCall(1, 'BUSY')],
      }),
    });
    renderApp('/dialer');
    expect(
      await screen.findByRole('heading', { name: 'Session over: nobody to call now' }),
    ).toBeTruthy();
    expect(await screen.findByRole('button', { name: 'Start session' })).toBeTruthy();
    expect(
      within(screen.getByRole('region', { name: 'Recent results' })).getByText('Busy'),
    ).toBeTruthy();
  });
});

it('says that the server cannot be reached, and tries again when asked', async () => {
  backend.use(on('post', '/never', () => null));
  const { http, HttpResponse } = await import('msw');
  backend.use(http.get('*/api/dialer/status', () => HttpResponse.error(), { once: false }));
  const { user } = renderApp('/dialer');
  expect(await screen.findByText('The server cannot be reached')).toBeTruthy();
  backend.resetHandlers();
  await user.click(screen.getByRole('button', { name: 'Try again' }));
  expect(await screen.findByText('There is no queue to work through yet')).toBeTruthy();
});
