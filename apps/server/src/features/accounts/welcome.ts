import type { FirstAccount } from './first-accounts.js';

/**
 * What the first start says of the accounts that it made, for people at the terminal. It goes past the log: passwords have no
 * place there (OWASP ASVS 5.0, 16.2.5). Nothing when none were made.
 */
export function welcome(accounts: readonly FirstAccount[]): readonly string[] {
  const withPasswords = accounts.filter(({ password }) => password !== null);
  if (withPasswords.length === 0) {
    return accounts.map(
      ({ email }) => `  Sign in as ${email}, with the password of ADMIN_PASSWORD.`,
    );
  }
  const rows = withPasswords.map(({ role, email, password }) => [role, email, password ?? '']);
  const widths = [0, 1].map((at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const lines = rows.map(
    ([role = '', email = '', password = '']) =>
      `    ${role.padEnd(widths[0] ?? 0)}   ${email.padEnd(widths[1] ?? 0)}   ${password}`,
  );
  const oneTime = withPasswords.some(({ mustChangePassword }) => mustChangePassword);
  return [
    withPasswords.length === 1
      ? '  Sign in as the first admin. The password is shown this once:'
      : '  Sign in as one of these. The passwords are shown this once:',
    '',
    ...lines,
    '',
    oneTime
      ? '  You choose a password of your own at the first sign-in.'
      : '  These are for trying things out, and stay as they are until an admin changes them.',
    '  Lost one? npm run users:reset-password -- <e-mail address> (embedded database: stop the server first)',
  ];
}
