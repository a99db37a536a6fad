import { screen, waitFor, within } from '@testing-library/react';
import { HttpResponse, http } from 'msw';
import { expect, it } from 'vitest';
import { backend, world } from '../../../testing/backend.js';
import { anAuditEntry, id } from '../../../testing/builders.js';
import { renderApp } from '../../../testing/render-app.js';

it('unfolds what was before and after', async () => {
  world.audit = [
    anAuditEntry(4, {
      action: 'config_changed',
      details: { before: { 'dialing.lines': 1 }, after: { 'dialing.lines': 3 } },
    }),
  ];
  const { user } = renderApp('/audit');
  const said = 'Settings changed: dialing, lines from 1 to 3';
  await screen.findByText(said);
  const details = screen.getByRole('button', { name: new RegExp(`^Details of ${said}`) });
  await user.click(details);
  expect(details.getAttribute('aria-expanded')).toBe('true');
  expect(screen.getByRole('cell', { name: 'dialing, lines' })).toBeTruthy();
  expect(screen.getByText('req-4')).toBeTruthy();
});

it('shows only what one person did', async () => {
  world.audit = [
    anAuditEntry(2, { action: 'exported', actor: { kind: 'user', id: id(602), name: 'Ben Okri' } }),
    anAuditEntry(1),
  ];
  const { user, router } = renderApp('/audit');
  await user.click(await screen.findByRole('button', { name: 'Ben Okri' }));
  const log = screen.getByRole('table', { name: 'Audit log' });
  await waitFor(() => expect(within(log).queryByText('Signed in')).toBeNull());
  expect(within(log).getByText('Data exported')).toBeTruthy();
  expect(router.state.location.search).toBe(`?actor_id=${id(602)}`);
});

it('says whether the log is whole, and where it is not', async () => {
  const head = { seq: 7, hash: 'ab'.repeat(32) };
  const whole = { ok: true, entries: 7, head, findings: [], findings_total: 0 };
  let answer: object = whole;
  backend.use(http.get('*/api/audit/verify', () => HttpResponse.json(answer)));
  const { user } = renderApp('/audit');
  await user.click(await screen.findByRole('button', { name: 'Verify the log' }));
  expect(await screen.findByText(/^Log verified: 7 entries/)).toBeTruthy();
  const finding = { seq: 3, problem: 'altered', message: 'Entry 3 is not as it was written.' };
  answer = { ...whole, ok: false, findings: [finding], findings_total: 1 };
  await user.click(screen.getByRole('button', { name: 'Verify the log' }));
  expect(await screen.findByText('Entry 3 is not as it was written.')).toBeTruthy();
});
