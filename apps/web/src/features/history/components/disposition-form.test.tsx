import { screen, waitFor, within } from '@testing-library/react';
import { HttpResponse, http } from 'msw';
import { describe, expect, it } from 'vitest';
import { askedFor, backend, on, problem, world } from '../../../testing/backend.js';
import { anEndedCall } from '../../../testing/builders.js';
import { renderApp } from '../../../testing/render-app.js';

const openCall = (rest: Parameters<typeof anEndedCall>[2] = {}) => {
  const call = anEndedCall(1, 'CONNECTED', { disposition: 'Interested', ...rest });
  world.calls = [call];
  return { call, path: `/history?call=${call.id}` };
};

describe('the note of an earlier call', () => {
  it('the note of an earlier call saves itself while it is typed, without a disposition', async () => {
    const { call, path } = openCall();
    const { user } = renderApp(path);
    await user.type(await screen.findByLabelText('Notes'), 'Has moved to Lyon.');
    await waitFor(() =>
      expect(askedFor(`PUT /api/calls/${call.id}/note`).at(-1)).toMatchObject({
        text: 'Has moved to Lyon.',
      }),
    );
    expect(askedFor(`POST /api/calls/${call.id}/disposition`)).toEqual([]);
    expect(await screen.findByText('Saved')).toBeTruthy();
  });

  it('the note of an earlier call comes back after a reload that happened without a connection', async () => {
    const { path } = openCall();
    const offline = () => HttpResponse.error();
    backend.use(http.put('*/api/calls/:id/note', offline));
    const first = renderApp(path);
    await first.user.type(await screen.findByLabelText('Notes'), 'Ask for Dana in May.');
    await screen.findByText('Saved on this device. It is sent when the connection is back.');
    first.unmount();
    backend.resetHandlers();
    renderApp(path);
    expect(await screen.findByDisplayValue('Ask for Dana in May.')).toBeTruthy();
    await waitFor(() => expect(world.calls[0]?.agent_note.text).toBe('Ask for Dana in May.'));
  });

  it('the note of an earlier call is merged with what another device wrote', async () => {
    const { call, path } = openCall();
    const { user, hear } = renderApp(path);
    const notes = await screen.findByLabelText('Notes');
    await user.type(notes, 'Mine.');
    call.agent_note = { text: 'Theirs.', revision: 5, is_draft: true };
    hear({ name: 'call.updated', data: structuredClone(call) });
    await waitFor(() => expect(call.agent_note.text).toBe('Theirs.\n\nMine.'));
    expect((notes as HTMLTextAreaElement).value).toBe('Theirs.\n\nMine.');
  });
});

describe('the disposition of an earlier call', () => {
  const choose = async (user: ReturnType<typeof renderApp>['user'], label: string) => {
    const panel = await screen.findByRole('complementary', { name: 'Call' });
    await user.click(await within(panel).findByRole('combobox', { name: 'Disposition' }));
    await user.click(await screen.findByRole('option', { name: label }));
  };

  it('the disposition of an earlier call is saved with the note as it stands', async () => {
    const { call, path } = openCall({
      agent_note: { text: 'Met at the fair.', revision: 3, is_draft: true },
    });
    const { user } = renderApp(path);
    await choose(user, 'Not Interested');
    await user.click(screen.getByRole('button', { name: 'Save disposition' }));
    await screen.findByText('Saved as Not Interested. The CRM is updated next.');
    expect(askedFor(`POST /api/calls/${call.id}/disposition`)).toMatchObject([
      { disposition: 'not_interested', notes: 'Met at the fair.', note_revision: 3 },
    ]);
  });

  it('the disposition of an earlier call that keeps a person from all queues is asked for first', async () => {
    const { call, path } = openCall();
    const { user } = renderApp(path);
    await choose(user, 'Do Not Call');
    await user.click(screen.getByRole('button', { name: 'Save disposition' }));
    await screen.findByRole('dialog', { name: `Never call ${call.lead.name} again?` });
    expect(askedFor(`POST /api/calls/${call.id}/disposition`)).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Do Not Call' }));
    await waitFor(() => expect(askedFor(`POST /api/calls/${call.id}/disposition`)).toHaveLength(1));
  });

  it('the disposition of an earlier call with a callback at a bad hour offers the next good time', async () => {
    const { call, path } = openCall();
    const nextGood = '2026-11-24T13:00:00.000Z';
    backend.use(
      on('post', '/api/calls/:id/disposition', () =>
        problem(400, 'invalid_request', 'The request does not fit.', [
          {
            field: 'callback_at',
            message: 'is 03:00 on 24 November 2026 in America/New_York, outside calling hours',
            suggestion: nextGood,
          },
        ]),
      ),
    );
    const { user } = renderApp(path);
    await choose(user, 'Call Back');
    await user.click(await screen.findByRole('button', { name: 'Save callback' }));
    await screen.findByText(/^That time is 03:00 on 24 November 2026 in America\/New_York/);
    backend.resetHandlers();
    await user.click(screen.getByRole('button', { name: /^Use Tue, Nov 24/ }));
    await user.click(screen.getByRole('button', { name: 'Save callback' }));
    await waitFor(() =>
      expect(askedFor(`POST /api/calls/${call.id}/disposition`).at(-1)).toMatchObject({
        disposition: 'call_back',
        callback_at: nextGood,
      }),
    );
  });
});
