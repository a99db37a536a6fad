import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { askedFor, backend, on, problem, world } from '../../../testing/backend.js';
import { ago, aUser, id } from '../../../testing/builders.js';
import { renderApp } from '../../../testing/render-app.js';

const SETUP = {
  secret: 'JBSWY3DPEHPK3PXP',
  uri: 'otpauth://totp/Outdial:ada%40outdial.example?secret=JBSWY3DPEHPK3PXP&issuer=Outdial',
};

describe('the second factor', () => {
  it('the second factor is set up with a code of the app, and ends with recovery codes to keep', async () => {
    backend.use(
      on('post', '/api/auth/second-factor', () => SETUP),
      on('post', '/api/auth/second-factor/confirm', (body: { code: string }) =>
        body.code === '492039'
          ? { message: 'On.', recovery_codes: ['abcd-efgh', 'jkmn-pqrs'] }
          : problem(401, 'invalid_second_factor', 'The code is wrong.'),
      ),
    );
    const { user, account } = renderApp('/profile');
    const panel = await screen.findByRole('region', { name: 'Two-factor authentication' });
    await user.click(within(panel).getByRole('button', { name: 'Set up' }));
    await user.type(within(panel).getByLabelText('Your password'), 'four words of mine');
    await user.click(within(panel).getByRole('button', { name: 'Continue' }));
    expect(await within(panel).findByRole('img', { name: /QR code/ })).toBeTruthy();
    expect(within(panel).getByText('JBSW Y3DP EHPK 3PXP')).toBeTruthy();
    const code = within(panel).getByLabelText(/six digits/);
    await user.type(code, '000000');
    await user.click(within(panel).getByRole('button', { name: 'Turn on' }));
    expect(await within(panel).findByText('The code is wrong.')).toBeTruthy();
    await user.clear(code);
    await user.type(code, '492039');
    await user.click(within(panel).getByRole('button', { name: 'Turn on' }));
    const codes = await within(panel).findByRole('list', { name: 'Recovery codes' });
    expect(within(codes).getAllByRole('listitem')).toHaveLength(2);
    world.user = aUser({ has_second_factor: true });
    await user.click(within(panel).getByRole('button', { name: 'I have kept them' }));
    await waitFor(() => expect(account.setMe).toHaveBeenCalled());
    expect(screen.queryByText('abcd-efgh')).toBeNull();
  });

  it('the second factor is turned off with the password and a code', async () => {
    backend.use(on('post', '/api/auth/second-factor/end', () => ({ message: 'Off.' })));
    const { user } = renderApp('/profile', { user: { has_second_factor: true } });
    const panel = await screen.findByRole('region', { name: 'Two-factor authentication' });
    await user.click(within(panel).getByRole('button', { name: 'Turn off' }));
    await user.type(within(panel).getByLabelText('Your password'), 'four words of mine');
    await user.type(within(panel).getByLabelText(/Code from the app/), '492039');
    await user.click(within(panel).getByRole('button', { name: 'Turn off' }));
    await waitFor(() =>
      expect(askedFor('POST /api/auth/second-factor/end')).toEqual([
        { password: 'four words of mine', code: '492039' },
      ]),
    );
  });
});

describe('the password', () => {
  it('the password is changed by who knows the present one', async () => {
    backend.use(
      on('post', '/api/auth/password', (body: { current_password: string }) =>
        body.current_password === 'four words of mine'
          ? { message: 'Changed.' }
          : problem(401, 'invalid_credentials', 'Wrong.'),
      ),
    );
    const { user } = renderApp('/profile');
    const panel = await screen.findByRole('region', { name: 'Password' });
    const present = within(panel).getByLabelText('Current password');
    await user.type(present, 'not this one');
    await user.type(within(panel).getByLabelText('New password'), 'other words of mine');
    await user.type(within(panel).getByLabelText('Confirm new password'), 'other words of mine');
    await user.click(within(panel).getByRole('button', { name: 'Change password' }));
    expect(await within(panel).findByText('This is not your password')).toBeTruthy();
    await user.clear(present);
    await user.type(present, 'four words of mine');
    await user.click(within(panel).getByRole('button', { name: 'Change password' }));
    expect(await screen.findByText('Your password is changed.')).toBeTruthy();
  });

  it('the password cannot be one that everybody uses, and says why', async () => {
    backend.use(
      on('post', '/api/auth/password', () =>
        problem(400, 'weak_password', 'This password is one of those that are tried first.', [
          { field: 'new_password', message: 'would be guessed first' },
        ]),
      ),
    );
    const { user } = renderApp('/profile');
    const panel = await screen.findByRole('region', { name: 'Password' });
    await user.type(within(panel).getByLabelText('Current password'), 'four words of mine');
    await user.type(within(panel).getByLabelText('New password'), 'password1234');
    await user.type(within(panel).getByLabelText('Confirm new password'), 'password1234');
    await user.click(within(panel).getByRole('button', { name: 'Change password' }));
    expect(await within(panel).findByText(/tried first/)).toBeTruthy();
  });
});

it('signs out another device, and all of them after asking', async () => {
  const entry = { started_at: ago(9000), last_used_at: ago(60), user_agent: 'curl/8.5.0' };
  world.signIns = [
    { ...entry, id: id(701), address: '192.0.2.1', current: true },
    { ...entry, id: id(702), address: '192.0.2.2', current: false },
  ];
  backend.use(
    on('delete', `/api/auth/sign-ins/${id(702)}`, () => ({ message: 'Ended.' })),
    on('post', '/api/auth/logout-everywhere', () => ({ message: 'Ended.' })),
  );
  const { user, account } = renderApp('/profile');
  await user.click(await screen.findByRole('button', { name: 'Sign out curl, 192.0.2.2' }));
  await waitFor(() => expect(askedFor(`DELETE /api/auth/sign-ins/${id(702)}`)).toHaveLength(1));
  await user.click(screen.getByRole('button', { name: 'Sign out everywhere' }));
  const question = await screen.findByRole('dialog', { name: 'Sign out everywhere?' });
  await user.click(within(question).getByRole('button', { name: 'Sign out everywhere' }));
  await waitFor(() => expect(account.wasSignedOut).toHaveBeenCalled());
});
