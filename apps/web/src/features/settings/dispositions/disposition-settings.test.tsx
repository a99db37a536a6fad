import type { PutDispositions } from '@outdial/protocol';
import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { askedFor, backend, DISPOSITIONS, on, problem } from '../../../testing/backend.js';
import { renderApp } from '../../../testing/render-app.js';

const accept = () =>
  on('put', '/api/dispositions', ({ version, dispositions }: PutDispositions) => ({
    version: version + 1,
    scope: 'all',
    dispositions: dispositions ?? DISPOSITIONS,
  }));
const saved = () => askedFor('PUT /api/dispositions') as PutDispositions[];
const saveButton = () => screen.getByRole('button', { name: 'Save dispositions' });

describe('the settings of dispositions', () => {
  it('a supervisor adds a disposition, moves it up and saves both as one new version', async () => {
    backend.use(accept());
    const { user } = renderApp('/settings/dispositions', { role: 'supervisor' });
    await user.click(await screen.findByRole('button', { name: 'Add a disposition' }));
    const dialog = await screen.findByRole('dialog');
    await user.type(within(dialog).getByRole('textbox', { name: 'Label' }), 'Asked for e-mail');
    await user.click(within(dialog).getByRole('button', { name: 'Add' }));
    await user.click(await screen.findByRole('button', { name: 'Move Asked for e-mail up' }));
    await user.click(saveButton());
    await waitFor(() => expect(saved()).toHaveLength(1));
    expect(saved()[0]?.version).toBe(0);
    expect(saved()[0]?.dispositions?.map(({ code }) => code)).toEqual([
      'interested',
      'not_interested',
      'call_back',
      'asked_for_e_mail',
      'do_not_call',
    ]);
    expect(saved()[0]?.dispositions?.[3]).toMatchObject({ effect: 'keep', key: '5' });
  });

  it('a renamed disposition keeps its code', async () => {
    backend.use(accept());
    const { user } = renderApp('/settings/dispositions');
    await user.click(await screen.findByRole('button', { name: 'Change Interested' }));
    const dialog = await screen.findByRole('dialog');
    const label = within(dialog).getByRole('textbox', { name: 'Label' });
    expect(within(dialog).getByRole<HTMLInputElement>('textbox', { name: 'Code' }).disabled).toBe(
      true,
    );
    await user.clear(label);
    await user.type(label, 'Wants an offer');
    await user.click(within(dialog).getByRole('button', { name: 'Apply' }));
    await user.click(saveButton());
    await waitFor(() =>
      expect(saved()[0]?.dispositions?.[0]).toMatchObject({
        code: 'interested',
        label: 'Wants an offer',
      }),
    );
  });

  it('the last disposition that suppresses a person cannot be removed', async () => {
    const { user } = renderApp('/settings/dispositions');
    const last = await screen.findByRole<HTMLButtonElement>('button', {
      name: 'Remove Do Not Call',
    });
    expect(last.disabled).toBe(true);
    await user.click(screen.getByRole('button', { name: 'Remove Interested' }));
    expect(screen.queryByRole('button', { name: 'Change Interested' })).toBeNull();
  });

  it('a key pressed on the page names the disposition it saves in the dialer', async () => {
    const { user } = renderApp('/settings/dispositions');
    await screen.findByRole('button', { name: 'Change Call Back' });
    await user.keyboard('3');
    expect(screen.getByText('Key 3 saves “Call Back”.')).toBeTruthy();
  });

  it('the server’s objection stands at the disposition that it names', async () => {
    backend.use(
      on('put', '/api/dispositions', () =>
        problem(400, 'invalid_request', 'One field does not fit.', [
          { field: 'dispositions.0.key', message: '"1" is the key of another disposition' },
        ]),
      ),
    );
    const { user } = renderApp('/settings/dispositions');
    await user.click(await screen.findByRole('button', { name: 'Move Interested down' }));
    await user.click(saveButton());
    expect(await screen.findByText('key: "1" is the key of another disposition')).toBeTruthy();
  });

  it('a newer version of another person is replaced only after a click', async () => {
    backend.use(
      on('put', '/api/dispositions', ({ version, dispositions }: PutDispositions) =>
        version === 0
          ? problem(409, 'version_conflict', 'The dispositions are at version 1, not 0.')
          : { version: 2, scope: 'all', dispositions: dispositions ?? [] },
      ),
    );
    const { user } = renderApp('/settings/dispositions');
    await user.click(await screen.findByRole('button', { name: 'Remove Interested' }));
    await user.click(saveButton());
    await screen.findByText('Another person saved newer dispositions');
    backend.use(
      on('get', '/api/dispositions', () => ({
        version: 1,
        scope: 'all',
        dispositions: DISPOSITIONS,
      })),
    );
    await user.click(screen.getByRole('button', { name: 'Replace with mine' }));
    expect(await screen.findByText('Version 2')).toBeTruthy();
    expect(saved().map(({ version }) => version)).toEqual([0, 1]);
  });

  it('an agent does not see the dispositions in the settings', async () => {
    renderApp('/settings/dispositions', { role: 'agent' });
    await screen.findByRole('tab', { name: 'System' });
    expect(screen.queryByRole('tab', { name: 'Dispositions' })).toBeNull();
  });
});
