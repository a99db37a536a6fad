import { ApiError, type Client, createClient } from '@outdial/client';
import type { SignedIn } from '@outdial/protocol';
import { ask, firstLineOf } from '../ask.js';
import { command } from '../command.js';
import { NotSignedInError } from '../exit-codes.js';
import { details } from '../output.js';
import { readSignIns, signInFile, updateSignIns } from '../sign-in-file.js';
import { toStored } from '../stored-token.js';
import type { Terminal } from '../terminal.js';

export const signInCommand = command({
  words: 'sign-in',
  summary: 'Signs in, and keeps the sign-in in a file that only you can read',
  details:
    'The file is sign-ins.json in OUTDIAL_CONFIG_DIR, else in ~/.config/outdial. Commands that follow use this server and this sign-in.\n' +
    'Programs better use an API key (OUTDIAL_API_KEY).',
  options: {
    email: { type: 'string', value: 'ADDRESS', what: 'Left out: asked for' },
    code: { type: 'string', value: 'CODE', what: 'Of the authenticator app, where one is needed' },
    'password-stdin': { type: 'boolean', what: 'Read the password from the standard input' },
  },
  async run({ options, output, terminal, url }) {
    warnAboutPlainHttp(url, output.note);
    const email = options.email ?? (await ask(terminal, 'E-mail address'));
    const password = options['password-stdin']
      ? await firstLineOf(terminal.in)
      : await ask(terminal, 'Password', { hidden: true });
    const { auth } = createClient({ baseUrl: url });
    const granted = await signIn(auth, { email, password, code: options.code }, terminal);
    await updateSignIns(signInFile(terminal.env), ({ servers }) => ({
      current: url,
      servers: { ...servers, [url]: toStored(email, granted) },
    }));
    output.result(
      { url, user: granted.user, permissions: granted.permissions },
      ({ user }) => `Signed in at ${url} as ${user.name} (${user.role}).`,
    );
    if (granted.user.must_change_password) {
      output.note(
        'Choose a password of your own in the web app first; until then nothing else is allowed.',
      );
    }
  },
});

async function signIn(
  auth: Client['auth'],
  { email, password, code }: { email: string; password: string; code: string | undefined },
  terminal: Terminal,
): Promise<SignedIn> {
  const body = { email, password, keep_in: 'body' as const };
  try {
    return await auth.login({ ...body, ...(code !== undefined && { second_factor: code }) });
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'second_factor_required') throw error;
    const asked = await ask(terminal, 'Code of the authenticator app');
    return auth.login({ ...body, second_factor: asked });
  }
}

function warnAboutPlainHttp(url: string, note: (text: string) => void): void {
  const { protocol, hostname } = new URL(url);
  if (protocol === 'https:' || /^(localhost|127\.|\[::1\])/.test(hostname)) return;
  note(`Warning: ${url} is not encrypted; the password can be read on the way.`);
}

export const signOutCommand = command({
  words: 'sign-out',
  summary: 'Ends the stored sign-in, at the server too',
  async run({ output, terminal, url }) {
    const path = signInFile(terminal.env);
    const stored = (await readSignIns(path)).servers[url];
    if (stored === undefined) throw new NotSignedInError(`There is no sign-in at ${url}.`);
    await createClient({ baseUrl: url }).auth.logout({ refresh_token: stored.refreshToken });
    await updateSignIns(path, ({ current, servers: { [url]: _, ...servers } }) => ({
      current: current === url ? null : current,
      servers,
    }));
    output.result({ url }, () => `Signed out at ${url}.`);
  },
});

export const whoami = command({
  words: 'whoami',
  summary: 'Shows who is signed in, and what they may do',
  async run({ client, output, url }) {
    const me = await (await client()).auth.me();
    output.result(me, ({ user, permissions }) =>
      details({
        server: url,
        name: user.name,
        email: user.email,
        role: user.role,
        'second factor': user.has_second_factor ? 'on' : 'off',
        permissions: permissions.join(', '),
      }),
    );
  },
});
