import { screen, waitFor, within } from '@testing-library/react';
import { HttpResponse, http } from 'msw';
import { describe, expect, it } from 'vitest';
import { askedFor, backend, on, problem, world } from '../../../testing/backend.js';
import {
  aCall,
  aConversation,
  ago,
  anEndedCall,
  anItem,
  aQueue,
  aSession,
  aStatus,
  ONE_LINE,
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

const inWrapUp = () => {
  const winner = anEndedCall(1, 'CONNECTED');
  return aSession({
    phase: 'WRAP_UP',
    wrap_up_until: ago(-30),
    winner_call_id: winner.id,
    calls: [winner],
  });
};

describe('without a session', () => {
  it('without a session starts one from a queue with as many lines as chosen', async () => {
    world.queues = [aQueue(1, { name: 'Renewals' })];
    const { user } = renderApp('/dialer');
    const lines = await screen.findByRole('radiogroup', { name: 'Lines' });
    await user.click(within(lines).getByRole('radio', { name: '3' }));
    await user.click(screen.getByRole('radio', { name: 'Stop session' }));
    await user.click(screen.getByRole('button', { name: 'Start session' }));
    await waitFor(() =>
      expect(askedFor('POST /api/dialer/start')).toEqual([
        { queue_id: world.queues[0]?.id, lines: 3, after_connect: 'stop' },
      ]),
    );
  });

  it('without a session says why there is only one line with a provider that carries one', async () => {
    world.queues = [aQueue(1)];
    world.status = aStatus({ connection: ONE_LINE });
    renderApp('/dialer');
    expect(await screen.findByText(/Aircall carries one line per agent/)).toBeTruthy();
    expect(screen.queryByRole('radio', { name: '2' })).toBeNull();
  });

  it('without a session says why it could not start', async () => {
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

  it('without a session points to the import when there is no queue', async () => {
    renderApp('/dialer');
    expect(await screen.findByText('There is no queue to work through yet')).toBeTruthy();
    expect(screen.getByRole('link', { name: 'Import leads' })).toBeTruthy();
  });
});

describe('while phones ring', () => {
  it('while phones ring shows a card per line, the numbers of the session and who is next', async () => {
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

  it('while phones ring pauses with the space bar and stops with Shift+S, after asking', async () => {
    world.status = aStatus({ session: aSession({ calls: [aCall(1)] }) });
    const { user } = renderApp('/dialer');
    await screen.findByRole('heading', { name: 'Dialing 1 line' });
    await user.keyboard(' ');
    await waitFor(() => expect(askedFor('POST /api/dialer/pause')).toHaveLength(1));
    await user.keyboard('s');
    expect(screen.queryByRole('dialog')).toBeNull();
    await user.keyboard('{Shift>}S{/Shift}');
    const question = await screen.findByRole('dialog', { name: 'Stop this session?' });
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Keep dialing'));
    expect(askedFor('POST /api/dialer/stop')).toHaveLength(0);
    await user.click(within(question).getByRole('button', { name: 'Stop session' }));
    await waitFor(() => expect(askedFor('POST /api/dialer/stop')).toHaveLength(1));
  });
});

describe('in a conversation', () => {
  it('the page in a conversation puts the winner first and lets the other lines step back', async () => {
    world.status = aStatus({ session: onCall() });
    renderApp('/dialer');
    expect(await screen.findByRole('heading', { name: 'On call with Lead 1' })).toBeTruthy();
    const winner = screen.getByRole('article', { name: /Lead 1, On the line/ });
    const other = screen.getByRole('article', { name: /Lead 2, Ended/ });
    expect(winner.dataset.winner).toBe('true');
    expect(other.dataset.back).toBe('true');
    expect(within(other).getByText('CRM synced')).toBeTruthy();
  });

  it('the page in a conversation asks before a number is never called again', async () => {
    world.status = aStatus({ session: onCall() });
    const { user } = renderApp('/dialer');
    await screen.findByRole('heading', { name: 'On call with Lead 1' });
    await user.keyboard('4');
    const question = await screen.findByRole('dialog', { name: /Never call .* again\?/ });
    expect(askedFor(`POST /api/calls/${aCall(1).id}/disposition`)).toHaveLength(0);
    await user.click(within(question).getByRole('button', { name: 'Do Not Call' }));
    await waitFor(() =>
      expect(askedFor(`POST /api/calls/${aCall(1).id}/disposition`)).toEqual([
        expect.objectContaining({ disposition: 'do_not_call', notes: null }),
      ]),
    );
  });

  it('the page in a conversation saves a disposition with one key, and the notes with it', async () => {
    world.status = aStatus({ session: onCall() });
    const { user } = renderApp('/dialer');
    await screen.findByRole('heading', { name: 'On call with Lead 1' });
    await user.keyboard('n');
    await user.keyboard('Wants a demo in 1 week');
    expect(askedFor(`POST /api/calls/${aCall(1).id}/disposition`)).toHaveLength(0);
    await user.keyboard('{Escape}1');
    expect(await screen.findByText('Saved: Interested')).toBeTruthy();
    expect(askedFor(`POST /api/calls/${aCall(1).id}/disposition`)).toEqual([
      expect.objectContaining({ disposition: 'interested', notes: 'Wants a demo in 1 week' }),
    ]);
    expect(screen.getByRole('button', { name: 'Interested' }).getAttribute('aria-pressed')).toBe(
      'true',
    );
  });

  it('the page in a conversation saves what is typed after the disposition by itself', async () => {
    world.status = aStatus({ session: inWrapUp() });
    const { user } = renderApp('/dialer');
    await user.type(await screen.findByLabelText('Notes'), 'Wants a demo');
    await user.keyboard('{Escape}1');
    expect(await screen.findByText('Saved: Interested')).toBeTruthy();
    await user.type(screen.getByLabelText('Notes'), ' next week');
    await waitFor(() =>
      expect(askedFor(`PUT /api/calls/${aCall(1).id}/note`).at(-1)).toMatchObject({
        text: 'Wants a demo next week',
      }),
    );
  });

  it('the page in a conversation asks when to call back', async () => {
    world.status = aStatus({ session: onCall() });
    const { user } = renderApp('/dialer');
    await user.click(await screen.findByRole('button', { name: 'Call Back' }));
    expect(await screen.findByLabelText('Call back at')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Save callback' }));
    await waitFor(() => {
      const [body] = askedFor(`POST /api/calls/${aCall(1).id}/disposition`);
      expect(body).toMatchObject({ disposition: 'call_back' });
      expect((body as { callback_at: string }).callback_at).toMatch(/^\d{4}-.*Z$/);
    });
  });

  it('the page in a conversation offers to hang up only where the provider can', async () => {
    world.status = aStatus({ session: onCall() });
    const { queryClient } = renderApp('/dialer');
    expect(await screen.findByRole('button', { name: 'Hang up' })).toBeTruthy();
    world.status = aStatus({ session: onCall(), connection: ONE_LINE });
    await queryClient.invalidateQueries();
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Hang up' })).toBeNull());
  });
});

describe('afterwards', () => {
  it('dials next with D or the button, and not while phones ring', async () => {
    const winner = anEndedCall(1, 'CONNECTED');
    const wrapUp = { wrap_up_until: ago(-30), winner_call_id: winner.id, calls: [winner] };
    world.status = aStatus({ session: aSession({ phase: 'WRAP_UP', ...wrapUp }) });
    const { user, queryClient } = renderApp('/dialer');
    expect(await screen.findByRole('button', { name: 'Dial next' })).toBeTruthy();
    await user.keyboard('d');
    await waitFor(() => expect(askedFor('POST /api/dialer/dial-next')).toHaveLength(1));
    world.status = aStatus({ session: aSession({ calls: [aCall(1)] }) });
    await queryClient.invalidateQueries();
    await screen.findByRole('heading', { name: 'Dialing 1 line' });
    expect(screen.queryByRole('button', { name: 'Dial next' })).toBeNull();
    await user.keyboard('d');
    expect(askedFor('POST /api/dialer/dial-next')).toHaveLength(1);
  });

  /** The wrap-up is over, and phones ring again. */
  const nextRound = () => {
    const { calls: _calls, lead_queue: _queue, ...header } = inWrapUp();
    return {
      name: 'session.updated' as const,
      data: {
        ...header,
        phase: 'DIALING' as const,
        round: 2,
        winner_call_id: null,
        wrap_up_until: null,
      },
    };
  };
  const commands = () =>
    world.asked.filter(({ what }) => what.startsWith('POST') && !what.endsWith('/hold-wrap-up'));

  it('the page afterwards keeps the field under the hands of who writes when the next round begins, and the next person answers', async () => {
    world.status = aStatus({ session: inWrapUp() });
    const { user, hear } = renderApp('/dialer');
    const field = await screen.findByLabelText('Notes');
    await user.type(field, 'so 1 should ');
    hear(nextRound());
    await user.keyboard('Stop this 2 ');
    const next = aConversation(2, { round: 2 });
    world.status.session?.calls.push(next);
    hear({ name: 'call.updated', data: next });
    hear({ ...nextRound(), data: { ...nextRound().data, winner_call_id: next.id } });
    await user.keyboard('h s 9 D');
    expect(screen.getByDisplayValue('so 1 should Stop this 2 h s 9 D')).toBe(field);
    expect(document.activeElement).toBe(field);
    await waitFor(() =>
      expect(askedFor(`PUT /api/calls/${aCall(1).id}/note`).at(-1)).toMatchObject({
        text: 'so 1 should Stop this 2 h s 9 D',
      }),
    );
    expect(commands()).toEqual([]);
    // The next person has a panel of their own, and keys are theirs once the note is left.
    expect(screen.getByText('How did it go with Lead 2?')).toBeTruthy();
    await user.keyboard('{Escape}');
    expect(screen.queryByText(/^Finish your note for Lead 1/)).toBeNull();
    await user.keyboard('1');
    await waitFor(() => expect(askedFor(`POST /api/calls/${next.id}/disposition`)).toHaveLength(1));
  });

  it('the page afterwards takes a finished panel away with the next round', async () => {
    world.status = aStatus({ session: inWrapUp() });
    const { user, hear } = renderApp('/dialer');
    await user.type(await screen.findByLabelText('Notes'), 'Done');
    await user.keyboard('{Escape}');
    await screen.findByText('Saved');
    hear(nextRound());
    await waitFor(() => expect(screen.queryByLabelText('Notes')).toBeNull());
    expect(screen.getByText('Disposition (available when someone answers)')).toBeTruthy();
  });

  it('the page afterwards asks the server to hold the wrap-up while a note has the focus, and no longer', async () => {
    world.status = aStatus({ session: inWrapUp() });
    const { user } = renderApp('/dialer');
    await user.click(await screen.findByLabelText('Notes'));
    await waitFor(() => expect(askedFor('POST /api/dialer/hold-wrap-up')).toHaveLength(1));
    await user.keyboard('{Escape}');
    expect(askedFor('POST /api/dialer/hold-wrap-up')).toHaveLength(1);
  });

  it('the page afterwards shows what was typed before a reload', async () => {
    world.status = aStatus({ session: inWrapUp() });
    const first = renderApp('/dialer');
    await first.user.type(await screen.findByLabelText('Notes'), 'Half a sen');
    // Gone before the server had it.
    first.unmount();
    renderApp('/dialer');
    expect(await screen.findByDisplayValue('Half a sen')).toBeTruthy();
    await waitFor(() =>
      expect(askedFor(`PUT /api/calls/${aCall(1).id}/note`).at(-1)).toMatchObject({
        text: 'Half a sen',
      }),
    );
  });

  it('the page afterwards keeps a disposition without a connection, says so, and sends it once when the connection is back', async () => {
    world.status = aStatus({ session: inWrapUp() });
    const path = `/api/calls/${aCall(1).id}`;
    backend.use(http.post(`*${path}/disposition`, () => HttpResponse.error()));
    backend.use(http.put(`*${path}/note`, () => HttpResponse.error()));
    const { user, setLive } = renderApp('/dialer');
    await user.type(await screen.findByLabelText('Notes'), 'Wants a demo');
    await user.keyboard('{Escape}1');
    expect(
      await screen.findByText('Saved on this device. It is sent when the connection is back.'),
    ).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Interested' }).getAttribute('aria-pressed')).toBe(
      'true',
    );
    setLive('lost');
    backend.resetHandlers();
    setLive('connected');
    expect(await screen.findByText('Saved')).toBeTruthy();
    expect(askedFor(`POST ${path}/disposition`)).toEqual([
      expect.objectContaining({ disposition: 'interested', notes: 'Wants a demo' }),
    ]);
  });

  it('the page afterwards says so when the server refuses later what had been kept', async () => {
    world.status = aStatus({ session: inWrapUp() });
    const path = `*/api/calls/${aCall(1).id}/disposition`;
    backend.use(http.post(path, () => HttpResponse.error()));
    const { user, setLive } = renderApp('/dialer');
    await user.click(await screen.findByRole('button', { name: 'Interested' }));
    await screen.findByText(/^Saved on this device/);
    setLive('lost');
    backend.use(http.post(path, () => problem(404, 'not_found', 'There is no such call.')));
    setLive('connected');
    expect(await screen.findByText('“Interested” for Lead 1 was not saved')).toBeTruthy();
  });

  it('the page afterwards offers the next session when one is over', async () => {
    world.queues = [aQueue(1)];
    world.status = aStatus({
      session: aSession({
        status: 'STOPPED',
        phase: 'STOPPED',
        reason: 'queue_exhausted',
        stopped_at: ago(1),
        calls: [anEndedCall(1, 'BUSY')],
      }),
    });
    renderApp('/dialer');
    expect(
      await screen.findByRole('heading', { name: 'Session over: no leads left to call now' }),
    ).toBeTruthy();
    expect(await screen.findByRole('button', { name: 'Start session' })).toBeTruthy();
    expect(
      within(screen.getByRole('region', { name: 'Recent results' })).getByText('Busy'),
    ).toBeTruthy();
  });
});

it('says that the server cannot be reached, and tries again when asked', async () => {
  backend.use(on('post', '/never', () => null));
  backend.use(http.get('*/api/dialer/status', () => HttpResponse.error(), { once: false }));
  const { user } = renderApp('/dialer');
  expect(await screen.findByText('The server cannot be reached')).toBeTruthy();
  backend.resetHandlers();
  await user.click(screen.getByRole('button', { name: 'Try again' }));
  expect(await screen.findByText('There is no queue to work through yet')).toBeTruthy();
});

describe('the connection', () => {
  it('the connection is named as practice where no real phone rings', async () => {
    world.status = aStatus({ session: aSession() });
    renderApp('/dialer');
    expect(await screen.findByText('Practice: no real phones')).toBeTruthy();
  });

  it('the connection is not named as practice where real phones ring', async () => {
    world.status = aStatus({ session: aSession(), connection: ONE_LINE });
    renderApp('/dialer');
    await screen.findByRole('list', { name: 'Lines' });
    expect(screen.queryByText('Practice: no real phones')).toBeNull();
  });
});
