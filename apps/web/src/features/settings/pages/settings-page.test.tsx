import { screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { askedFor, backend, on, problem, world } from '../../../testing/backend.js';
import { CONFIG } from '../../../testing/builders.js';
import { renderApp } from '../../../testing/render-app.js';

async function changeTheDelay(user: ReturnType<typeof renderApp>['user']) {
  const delay = await screen.findByRole('textbox', { name: 'Delay between rounds' });
  await user.clear(delay);
  await user.type(delay, '9');
  await user.click(screen.getByRole('button', { name: 'Save settings' }));
}

describe('the system settings', () => {
  it('the system settings are saved with the version that was read', async () => {
    backend.use(
      on('put', '/api/config', (body: { settings: typeof CONFIG.settings }) => ({
        ...CONFIG,
        version: 4,
        settings: body.settings,
      })),
    );
    const { user } = renderApp('/settings/system');
    await changeTheDelay(user);
    expect(await screen.findByText(/^Version 4/)).toBeTruthy();
    expect(askedFor('PUT /api/config')).toMatchObject([
      { version: 3, settings: { dialing: { delay_seconds: 9 } } },
    ]);
  });

  it('the system settings take the truthful set of CRM records with one click', async () => {
    backend.use(
      on('put', '/api/config', (body: { settings: typeof CONFIG.settings }) => ({
        ...CONFIG,
        version: 4,
        settings: body.settings,
      })),
    );
    const { user } = renderApp('/settings/system');
    await user.click(await screen.findByRole('button', { name: 'Use the truthful set' }));
    await user.click(screen.getByRole('button', { name: 'Save settings' }));
    await screen.findByText(/^Version 4/);
    expect(askedFor('PUT /api/config')).toMatchObject([
      {
        settings: {
          crm: {
            records: {
              VOICEMAIL: { disposition: 'Reached voicemail' },
              CANCELED_BY_DIALER: { logged: false },
            },
          },
        },
      },
    ]);
  });

  it('the system settings show what the server objects to at the field', async () => {
    backend.use(
      on('put', '/api/config', () =>
        problem(400, 'invalid_request', 'One field does not fit.', [
          { field: 'settings.dialing.delay_seconds', message: 'must be at most 600' },
        ]),
      ),
    );
    const { user } = renderApp('/settings/system');
    await changeTheDelay(user);
    expect(await screen.findByText('must be at most 600')).toBeTruthy();
  });

  it('settings ask what to do when another user saved newer ones', async () => {
    backend.use(
      on('put', '/api/config', (body: { version: number; settings: typeof CONFIG.settings }) =>
        body.version === 3
          ? problem(409, 'version_conflict', 'Another user saved a newer version.')
          : { ...CONFIG, version: 8, settings: body.settings },
      ),
    );
    const { user } = renderApp('/settings/system');
    await changeTheDelay(user);
    expect(await screen.findByText('Another person saved newer settings')).toBeTruthy();
    world.config = { ...CONFIG, version: 7 };
    await user.click(screen.getByRole('button', { name: 'Replace with mine' }));
    await waitFor(() =>
      expect(askedFor('PUT /api/config')).toMatchObject([{ version: 3 }, { version: 7 }]),
    );
    expect(await screen.findByText(/^Version 8/)).toBeTruthy();
  });
});
