import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse, http } from 'msw';
import { expect, it, onTestFinished } from 'vitest';
import { useConnection } from '../data/client-context.js';
import { useDialerStatus } from '../data/use-dialer-status.js';
import { backend } from '../testing/backend.js';
import { ADA, aStatus, id } from '../testing/builders.js';
import { Providers } from './providers.js';

const BEN = { ...ADA, id: id(2), name: 'Ben Okri', email: 'ben@outdial.example' };

function Probe() {
  const { actAs } = useConnection();
  const status = useDialerStatus();
  return (
    <button type="button" onClick={() => actAs(BEN.id)}>
      {status.data?.agent.name ?? 'Loading'}
    </button>
  );
}

it('shows the agent one chose to act as at once, and nothing of the other one', async () => {
  onTestFinished(() => localStorage.clear());
  localStorage.setItem('outdial.signed-in', 'yes');
  backend.use(
    http.all('*/live/*', () => HttpResponse.error()),
    http.get('*/api/dialer/status', ({ request }) =>
      HttpResponse.json(
        aStatus({ agent: request.headers.get('x-agent-id') === BEN.id ? BEN : ADA }),
      ),
    ),
  );
  render(
    <Providers>
      <Probe />
    </Providers>,
  );
  await userEvent.click(await screen.findByRole('button', { name: ADA.name }));
  expect(await screen.findByRole('button', { name: BEN.name })).toBeTruthy();
});
