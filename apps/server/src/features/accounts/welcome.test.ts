import { expect, it } from 'vitest';
import { welcome } from './welcome.js';

it('shows the passwords of the demo in a table, and that they may stay', () => {
  const text = welcome([
    { email: 'alex@outdial.example', role: 'agent', password: 'p-one', mustChangePassword: false },
    {
      email: 'supervisor@outdial.example',
      role: 'supervisor',
      password: 'p-two',
      mustChangePassword: false,
    },
    {
      email: 'admin@outdial.example',
      role: 'admin',
      password: 'p-three',
      mustChangePassword: false,
    },
  ]).join('\n');
  expect(text).toContain('agent        alex@outdial.example         p-one');
  expect(text).toContain('supervisor   supervisor@outdial.example   p-two');
  expect(text).toContain('stay as they are');
  expect(text).toContain('npm run users:reset-password');
});

it('says that a one-time password is to be changed', () => {
  const text = welcome([
    { email: 'admin@outdial.example', role: 'admin', password: 'p-one', mustChangePassword: true },
  ]).join('\n');
  expect(text).toContain('admin   admin@outdial.example   p-one');
  expect(text).toContain('a password of your own at the first sign-in');
});

it('does not repeat a password that the environment said', () => {
  const text = welcome([
    { email: 'anna@example.com', role: 'admin', password: null, mustChangePassword: false },
  ]).join('\n');
  expect(text).toBe('  Sign in as anna@example.com, with the password of ADMIN_PASSWORD.');
});

it('says nothing at later starts', () => {
  expect(welcome([])).toEqual([]);
});
