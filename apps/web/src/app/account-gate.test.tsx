import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse, http } from 'msw';
import { createMemoryRouter, RouterProvider } from 'react-router';
import { beforeEach, describe, expect, it } from 'vitest';
import { askedFor, backend, on, problem, signedInAs, world } from '../testing/backend.js';
import { aQueue, aUser } from '../testing/builders.js';
import { Providers } from './providers.js';
import { routes } from './router.js';

function openAt(path: string) {
  const router = createMemoryRouter(routes, { initialEntries: [path] });
  render(
    <Providers>
      <RouterProvider router={router} />
    </Providers>,
  );
  return { user: userEvent.setup(), router };
}

const signInWith = async (user: ReturnType<typeof userEvent.setup>, password: string) => {
  await user.type(await screen.findByLabelText('Email address'), 'ada@outdial.example');
  await user.type(screen.getByLabelText('Password'), password);
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
};

beforeEach(() => {
  localStorage.clear();
  world.signedIn = null;
  backend.use(http.all('*/live/*', () => HttpResponse.error()));
  return () => localStorage.clear();
});

describe('signing in', () => {
  it('leads to the page that was asked for', async () => {
    world.queues = [aQueue(1, { name: 'Renewals' })];
    const { user, router } = openAt('/queues?from=a-link');
    await signInWith(user, 'four words of mine');
    expect(await screen.findByText('Renewals')).toBeTruthy();
    expect(router.state.location.search).toBe('?from=a-link');
    expect(askedFor('POST /api/auth/login')).toEqual([
      { email: 'ada@outdial.example', password: 'four words of mine', keep_in: 'cookie' },
    ]);
  });

  it('signing in is not needed after a reload', async () => {
    localStorage.setItem('outdial.signed-in', 'yes');
    world.signedIn = signedInAs(aUser());
    openAt('/queues');
    expect(await screen.findByRole('heading', { name: 'Queues' })).toBeTruthy();
  });

  it('signing in says that address or password are wrong, and keeps the address', async () => {
    const { user } = openAt('/queues');
    await signInWith(user, 'wrong');
    expect((await screen.findByRole('alert')).textContent).toContain('password is wrong');
    expect((screen.getByLabelText('Email address') as HTMLInputElement).value).toBe(
      'ada@outdial.example',
    );
  });

  it('signing in says how long to wait after too many attempts', async () => {
    backend.use(
      http.post('*/api/auth/login', () => {
        const body = { type: 'about:blank', title: '', status: 429, detail: 'Wait.' };
        return HttpResponse.json(
          { ...body, code: 'rate_limited' },
          { status: 429, headers: { 'retry-after': '90' } },
        );
      }),
    );
    const { user } = openAt('/queues');
    await signInWith(user, 'wrong');
    expect((await screen.findByRole('alert')).textContent).toMatch(/Try again in 1:(30|29)/);
    expect((screen.getByRole('button', { name: 'Sign in' }) as HTMLButtonElement).disabled).toBe(
      true,
    );
  });

  it('signing in asks for the second factor of who has one, and takes a recovery code instead', async () => {
    backend.use(
      on('post', '/api/auth/login', (body: { second_factor?: string }) =>
        body.second_factor === undefined
          ? problem(401, 'second_factor_required', 'A code of the app is needed.')
          : body.second_factor === 'abcd-efgh-jkmn'
            ? { ...signedInAs(aUser()) }
            : problem(401, 'invalid_second_factor', 'The code is wrong or too old.'),
      ),
    );
    const { user } = openAt('/queues');
    await signInWith(user, 'four words of mine');
    await user.type(await screen.findByLabelText('Code'), '123456');
    await user.click(screen.getByRole('button', { name: 'Sign in' }));
    expect((await screen.findByRole('alert')).textContent).toContain('wrong or too old');
    await user.click(screen.getByRole('button', { name: 'Use a recovery code instead' }));
    await user.type(screen.getByLabelText('Recovery code'), 'abcd-efgh-jkmn');
    await user.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(await screen.findByRole('heading', { name: 'Queues' })).toBeTruthy();
  });

  it('signing in with a password for one time goes on with choosing another one, and with nothing else', async () => {
    world.user = aUser({ must_change_password: true });
    backend.use(
      on('post', '/api/auth/password', () => {
        world.user = aUser();
        return { message: 'Changed.' };
      }),
    );
    const { user } = openAt('/queues');
    await signInWith(user, 'shown at the start');
    await user.type(await screen.findByLabelText('New password'), 'four words of mine');
    const save = screen.getByRole('button', { name: 'Save and continue' }) as HTMLButtonElement;
    expect(save.disabled).toBe(true);
    await user.type(screen.getByLabelText('Confirm new password'), 'four words of mine');
    await user.click(save);
    expect(await screen.findByRole('heading', { name: 'Queues' })).toBeTruthy();
    expect(askedFor('POST /api/auth/password')).toEqual([
      { current_password: 'shown at the start', new_password: 'four words of mine' },
    ]);
  });
});

it('asks for a new sign-in over the page when it has ended, and gives back what was being written', async () => {
  const { user } = openAt('/leads');
  await signInWith(user, 'four words of mine');
  await user.click((await screen.findAllByRole('button', { name: 'Add lead' }))[0] as HTMLElement);
  const dialog = await screen.findByRole('dialog', { name: 'Add a lead' });
  await user.type(within(dialog).getByLabelText(/^Name/), 'Half a na');
  backend.use(
    on('post', '/api/leads', () => problem(401, 'unauthorized', 'Sign in again.')),
    http.post('*/api/auth/refresh', () => problem(401, 'refresh_token', 'It is over.')),
  );
  await user.type(within(dialog).getByLabelText(/^Phone number/), '+12025550109');
  await user.click(within(dialog).getByRole('button', { name: 'Add lead' }));
  expect(await screen.findByText(/Your sign-in has ended/)).toBeTruthy();
  await user.type(screen.getByLabelText('Password'), 'four words of mine');
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
  await waitFor(() => expect(screen.queryByText(/Your sign-in has ended/)).toBeNull());
  const again = screen.getByRole('dialog', { name: 'Add a lead' });
  expect((within(again).getByLabelText(/^Name/) as HTMLInputElement).value).toBe('Half a na');
});
