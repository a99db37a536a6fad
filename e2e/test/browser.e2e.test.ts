import { type Client, createClient, signIn } from '@outdial/client';
import type { Environment, OutdialServer } from '@outdial/lab/server/outdial-server';
import { allActivities, allCalls } from '@outdial/lab/server/read-all';
import { until } from '@outdial/lab/server/until';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openPage, unnamedControls, withScreenshot } from '../src/browser.js';
import { expectOneActivityEach } from '../src/checks.js';
import { forcedNumber } from '../src/leads.js';
import { setPractice } from '../src/practice.js';
import { startedServer } from '../src/server-for-test.js';

const PEOPLE = [
  ['Nora Nichts', forcedNumber('NO_ANSWER', 0)],
  ['Bert Besetzt', forcedNumber('BUSY', 0)],
  ['Vera Voicemail', forcedNumber('VOICEMAIL', 0)],
  ['Carla Kontakt', forcedNumber('CONNECTED', 0)],
  ['Nils Niemand', forcedNumber('NO_ANSWER', 1)],
  ['Bea Besetzt', forcedNumber('BUSY', 1)],
] as const;
const CSV = `Name,Phone,Company,Score\n${PEOPLE.map(
  ([name, phone], index) => `${name},${phone},"Newcomer, Inc.",${PEOPLE.length - index}`,
).join('\n')}\n`;

const goTo = (page: Page, place: string): Promise<void> =>
  page
    .getByRole('navigation', { name: 'Main' })
    .getByRole('link', { name: place, exact: true })
    .click();

/** Without a named admin, as at a usual first start, the server creates sample accounts and prints their passwords. */
const AS_AT_FIRST: Environment = { ADMIN_EMAIL: '', ADMIN_PASSWORD: '' };

interface Account {
  readonly email: string;
  readonly password: string;
}

/** What the start printed to the terminal. */
function printedFor(role: string, server: OutdialServer): Account {
  const [, email, password] =
    new RegExp(`^ +${role} +(\\S+@\\S+) +(\\S+)$`, 'm').exec(server.output()) ?? [];
  if (email === undefined || password === undefined) {
    throw new Error(`The start printed no ${role}:\n${server.output()}`);
  }
  return { email, password };
}

async function clientOf(server: OutdialServer, account: Account): Promise<Client> {
  const { token } = await signIn({ baseUrl: server.url, ...account });
  return createClient({ baseUrl: server.url, token, checkAnswers: true });
}

async function signInAs(page: Page, { email, password }: Account): Promise<void> {
  await page.getByLabel('Email address').fill(email);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  expect(await unnamedControls(page)).toEqual([]);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

async function signOut(page: Page, name: RegExp): Promise<void> {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('button', { name }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByText('You are signed out.').waitFor();
}

/** A conversation long enough to restart the server in, and time to say how it went. */
async function patientPeople(client: Client): Promise<void> {
  const { version, settings } = await client.config.get();
  await client.config.put({
    version,
    settings: {
      ...settings,
      dialing: { ...settings.dialing, wrap_up_seconds: 600 },
    },
  });
  await setPractice(client, { talk_seconds: { min: 300, max: 300 } });
}

test('a newcomer signs in with what the start printed, imports a list, dials two lines, talks, and finds every result', async () => {
  // With this seed a second phone rings when the person answers, and would ring on for seconds.
  const server = await startedServer({
    env: { ...AS_AT_FIRST, SIMULATOR_SPEED: '2', SIMULATOR_SEED: '8' },
  });
  const admin = printedFor('admin', server);
  const agent = printedFor('agent', server);
  const client = await clientOf(server, admin);
  await patientPeople(client);
  const opened = await openPage(`${server.url}/team`);
  const { page, errors, requests } = opened;
  await withScreenshot(opened, async () => {
    expect(await page.title()).toMatch(/Outdial/);

    // The sign-in leads to the page that was asked for. An admin takes no calls, but may act for an agent.
    await signInAs(page, admin);
    await page.getByRole('heading', { name: 'Team', level: 1 }).waitFor();
    await goTo(page, 'Dialer');
    await page.getByText('This account isn’t set up to make calls').waitFor();
    await goTo(page, 'Team');
    const { agents } = await client.agents.list();
    const [first] = agents;
    await page.getByRole('button', { name: `Act for ${first?.name}` }).click();
    await page.getByText(`You act for ${first?.name}`).waitFor();

    // The list comes in.
    await goTo(page, 'Import');
    await page
      .getByLabel('CSV file')
      .setInputFiles({ name: 'newcomers.csv', mimeType: 'text/csv', buffer: Buffer.from(CSV) });
    await page.getByRole('button', { name: 'Import 6 rows' }).waitFor();
    expect(await unnamedControls(page)).toEqual([]);
    await page.getByRole('button', { name: 'Import 6 rows' }).click();
    await page.getByText('Import done').waitFor();

    // Two lines, straight from the leads.
    await goTo(page, 'Leads');
    await page.getByLabel('Search leads').fill('Newcomer');
    await page.getByText('6 leads', { exact: true }).waitFor();
    const score = page.getByRole('button', { name: 'Score' });
    await score.click();
    await page.getByRole('columnheader', { name: 'Score', exact: false }).waitFor();
    if ((await firstLead(page)) !== 'Nora Nichts') await score.click();
    await until('the table is in order', async () => (await firstLead(page)) === 'Nora Nichts');
    await page.getByLabel('Select all loaded rows').check();
    expect(await unnamedControls(page)).toEqual([]);
    await page.getByRole('button', { name: 'Call now' }).click();
    const dialog = page.getByRole('dialog', { name: 'Call 6 leads' });
    await dialog.getByRole('radiogroup', { name: 'Lines' }).getByText('2', { exact: true }).click();
    await dialog.getByRole('button', { name: 'Start session' }).click();

    // The cards fill automatically, never more than two, until a person answers.
    await page.waitForURL('**/dialer');
    const cards = page.getByRole('list', { name: 'Lines' }).getByRole('article');
    await page.getByRole('article', { name: /^Line 1: Nora Nichts/ }).waitFor();
    expect(await cards.count()).toBe(2);
    await page.getByRole('heading', { name: 'On call with Carla Kontakt' }).waitFor();
    const winner = page.getByRole('article', { name: /Carla Kontakt, On the line/ });
    await winner.waitFor();
    expect(await winner.getAttribute('data-winner')).not.toBeNull();
    const other = cards.filter({ hasNotText: 'Carla Kontakt' });
    await until('the winner stands out', async () => {
      const [look, plain] = await Promise.all([lookOf(winner), lookOf(other)]);
      return look !== plain;
    });
    await page.getByRole('article', { name: /Ended/ }).getByText('Canceled by dialer').waitFor();
    expect(await unnamedControls(page)).toEqual([]);

    // The page does not poll: it receives live events.
    await until('the page has read what it wanted', async () => {
      const before = requests.length;
      await page.waitForTimeout(2_500);
      return requests.length === before;
    });
    const quiet = requests.length;
    await page.waitForTimeout(3_000);
    expect(requests.slice(quiet)).toEqual([]);

    // The server dies during the call and restarts; the page shows it, and continues.
    await server.kill();
    await page.getByRole('status').getByText('The live connection is lost').waitFor();
    await server.start();
    await page.getByText('The live connection is lost').waitFor({ state: 'detached' });
    await winner.waitFor();
    await page.reload();
    await winner.waitFor();

    // One key says how it went, with the notes.
    await page.keyboard.press('n');
    await page.getByLabel('Notes').fill('Wants the offer by Monday.');
    await page.keyboard.press('Escape');
    await page.keyboard.press('2');
    await page.getByText('Saved: Interested').waitFor();
    // A wrap-up follows every conversation, whether its disposition is saved or not.
    await page.keyboard.press('Shift+H');
    await page.getByRole('heading', { name: /^Wrap-up/ }).waitFor();
    await page.keyboard.press('d');
    await page.getByText('Session over: no leads left to call now').waitFor({ timeout: 60_000 });
    const metrics = page.getByLabel('Metrics of this session');
    expect(await metrics.innerText()).toMatch(
      /Attempted\s*6\s*Connected\s*1\s*Not reached\s*4\s*Canceled\s*1/,
    );

    // And every result is where one looks for it.
    await goTo(page, 'History');
    const rows = page.getByRole('table', { name: 'Calls' }).getByRole('row');
    await until('the history shows every call, and that the CRM has it', async () => {
      return (await rows.filter({ hasText: 'CRM synced' }).count()) === PEOPLE.length;
    });
    const carla = await rows.filter({ hasText: 'Carla Kontakt' }).innerText();
    expect(carla).toMatch(/Connected/);
    expect(carla).toMatch(/Interested/);
    expect(await unnamedControls(page)).toEqual([]);

    await goTo(page, 'Settings');
    await page.getByRole('tab', { name: 'CRM', exact: true }).click();
    const activities = page.getByRole('table', { name: 'Activities' }).getByRole('row');
    await activities.filter({ hasText: 'Wants the offer by Monday.' }).waitFor();
    expect(await activities.filter({ hasText: /MOCK-/ }).count()).toBe(PEOPLE.length);
    expect(await unnamedControls(page)).toEqual([]);

    await goTo(page, 'Statistics');
    await page.getByText('Calls attempted').waitFor();
    const tiles = await page.locator('main').innerText();
    expect(tiles).toMatch(/Calls attempted\s*6/);
    expect(tiles).toMatch(/Connected\s*1/);
    expect(await unnamedControls(page)).toEqual([]);

    for (const place of ['Queues', 'Team', 'Users', 'API keys', 'Audit']) {
      await goTo(page, place);
      await page.getByRole('heading', { name: place, level: 1 }).waitFor();
      expect(await unnamedControls(page)).toEqual([]);
    }
    // The audit log has the actions, and its chain is complete.
    await page
      .getByRole('table', { name: 'Audit log' })
      .getByText(/^Session started for an agent/)
      .waitFor();
    await page.getByRole('button', { name: 'Verify the log' }).click();
    await page.getByText(/^Log verified/).waitFor();
    await page.goto(`${server.url}/profile`);
    await page.getByText('Here', { exact: true }).waitFor();
    expect(await unnamedControls(page)).toEqual([]);

    // The agent finds the calls as their own, and no way to what is not for them.
    await signOut(page, new RegExp(`for ${first?.name}`));
    await page.goto(`${server.url}/history`);
    await signInAs(page, agent);
    await until('the agent sees the calls that were made for them', async () => {
      return (await rows.filter({ hasText: 'CRM synced' }).count()) === PEOPLE.length;
    });
    expect(await page.getByRole('button', { name: 'Export CSV' }).count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Users', exact: true }).count()).toBe(0);
    await page.goto(`${server.url}/users`);
    await page.getByText('You do not have permission to open this page').waitFor();

    // Signed out in one tab is signed out in all.
    const tab = await page.context().newPage();
    await tab.goto(`${server.url}/dialer`);
    await tab.getByRole('navigation', { name: 'Main' }).waitFor();
    await signOut(page, new RegExp(`^${first?.name}`));
    await tab.getByText('You are signed out.').waitFor();
  });

  // The only allowed browser errors are those of the short restart.
  const complaints = errors.filter(
    (error) => !/ERR_CONNECTION|WebSocket|Failed to fetch/.test(error),
  );
  expect(complaints).toEqual([]);
  const calls = await allCalls(client);
  expect(calls.filter((call) => call.outcome === 'CONNECTED')).toMatchObject([
    { disposition: 'Interested', notes: 'Wants the offer by Monday.', winner: true },
  ]);
  expectOneActivityEach(calls, await allActivities(client));
});

const firstLead = (page: Page): Promise<string> =>
  page
    .getByRole('table', { name: 'Leads' })
    .getByRole('row')
    .nth(1)
    .getByRole('button')
    .first()
    .innerText();

/** What makes a card look as it does. */
const lookOf = (card: ReturnType<Page['locator']>): Promise<string> =>
  card.evaluate((element) => {
    const { backgroundColor, borderColor, boxShadow, opacity } = getComputedStyle(element);
    return [backgroundColor, borderColor, boxShadow, opacity].join(' ');
  });
