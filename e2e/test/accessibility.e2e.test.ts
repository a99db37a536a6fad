import { AxeBuilder } from '@axe-core/playwright';
import { createOutdialServer, type OutdialServer } from '@outdial/lab/server/outdial-server';
import { FIRST_ADMIN } from '@outdial/testing/sign-in';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../src/browser.js';
import { leadsThatEndAs } from '../src/leads.js';
import { setPractice } from '../src/practice.js';

const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

/** One server and one browser for all tests, which follow each other as a working day does: alone, only the first would run. */
let server: OutdialServer;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  server = await createOutdialServer({ env: { SIMULATOR_SPEED: '1', SIMULATOR_SEED: '8' } });
  await server.start();
  browser = await launchBrowser();
  const context = await browser.newContext({
    viewport: DESKTOP,
    locale: 'en-US',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
  });
  page = await context.newPage();
  page.setDefaultTimeout(60_000);
});
afterAll(async () => {
  await browser?.close();
  await server?.dispose();
});

/** What axe objects to, and whether the page is wider than its screen: on a desktop and a phone, in light and dark. */
async function faults(): Promise<string[]> {
  const found: string[] = [];
  const look = async (where: string, rules?: string[]) => {
    const axe = new AxeBuilder({ page });
    const { violations } = await (rules ? axe.withRules(rules) : axe).analyze();
    for (const { id, nodes } of violations) {
      for (const { target, html, any } of nodes) {
        found.push(
          `${where}: ${id} at ${target.join(' ')}: ${html.slice(0, 120)} ${any[0]?.message ?? ''}`,
        );
      }
    }
    const tooWide = await page.evaluate(
      () => document.documentElement.scrollWidth - window.innerWidth,
    );
    if (tooWide > 0) found.push(`${where}: ${tooWide} px wider than the screen`);
  };
  await page.setViewportSize(DESKTOP);
  await wear('light');
  await look('desktop, light');
  await wear('dark');
  // Another scheme has other colors, and nothing else.
  await look('desktop, dark', ['color-contrast']);
  await page.setViewportSize(PHONE);
  await look('phone, dark');
  await wear('light');
  await look('phone, light');
  await page.setViewportSize(DESKTOP);
  return found;
}

async function wear(colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor();
}

async function goTo(path: string): Promise<void> {
  await page.goto(`${server.url}/${path}`);
  await page.getByRole('main').getByRole('heading', { level: 1 }).first().waitFor();
  await page.locator('.mantine-Skeleton-root').first().waitFor({ state: 'detached' });
}

/** How long phones ring and people talk, in seconds. */
async function simulate(decide: number, talk: number): Promise<void> {
  const { version, settings } = await server.client.config.get();
  await server.client.config.put({
    version,
    settings: {
      ...settings,
      dialing: { ...settings.dialing, ring_seconds: 120, wrap_up_seconds: 3600 },
    },
  });
  await setPractice(server.client, {
    decide_seconds: { min: decide, max: decide },
    talk_seconds: { min: talk, max: talk },
  });
}

test('the sign-in page and the dialer of a user without an agent are accessible', async () => {
  await page.goto(`${server.url}/dialer`);
  await page.getByLabel('Email address').fill(FIRST_ADMIN.email);
  expect(await faults()).toEqual([]);
  await page.getByRole('textbox', { name: 'Password' }).fill(FIRST_ADMIN.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('heading', { name: 'This account isn’t set up to make calls' }).waitFor();
  expect(await faults()).toEqual([]);
});

test('the import page is accessible before, during and after an import', async () => {
  await goTo('import');
  expect(await faults()).toEqual([]);
  const rows = Array.from(
    { length: 30 },
    (_, i) => `Ada ${i},+1907555${1000 + i},Engines,${i % 9 ? 'ada@tests.example' : 'ada at work'}`,
  );
  const csv = ['Name,Phone,Company,Email', ...rows, 'Bad Row,12,Engines,'].join('\n');
  await page
    .getByLabel('CSV file')
    .setInputFiles({ name: 'fair.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
  await page.getByRole('button', { name: 'Import 31 rows' }).waitFor();
  expect(await faults()).toEqual([]);
  await page.getByRole('button', { name: 'Import 31 rows' }).click();
  await page.getByText('Import done').waitFor();
  expect(await faults()).toEqual([]);
});

test('the dialer and its dialogs are accessible before a session and while phones ring', async () => {
  const { client } = server;
  const { agents } = await client.agents.list();
  await goTo('team');
  await page.getByRole('button', { name: `Act for ${agents[0]?.name}` }).click();
  await page.getByText(`You act for ${agents[0]?.name}`).waitFor();
  await goTo('dialer');
  expect(await faults()).toEqual([]);
  await simulate(110, 600);
  const leads = await leadsThatEndAs(client, ['NO_ANSWER', 'NO_ANSWER', 'NO_ANSWER']);
  await client.dialer.start({ lead_ids: leads.map(({ id }) => id), lines: 3 });
  await page.getByRole('heading', { name: 'Dialing 3 lines' }).waitFor();
  expect(await faults()).toEqual([]);
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  expect(await faults()).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await page.getByRole('dialog', { name: 'Stop this session?' }).waitFor();
  expect(await faults()).toEqual([]);
  await page.getByRole('button', { name: 'Stop session' }).click();
  await page.getByRole('heading', { name: 'Session stopped' }).waitFor();
  expect(await faults()).toEqual([]);
});

test('the dialer is accessible during a conversation and the wrap-up', async () => {
  const { client } = server;
  await simulate(1, 600);
  const leads = await leadsThatEndAs(client, ['CONNECTED', 'BUSY', 'NO_ANSWER'], 5);
  await client.dialer.start({ lead_ids: leads.map(({ id }) => id), lines: 3 });
  await page.getByRole('heading', { name: /^On call with/ }).waitFor();
  expect(await faults()).toEqual([]);
  await page
    .getByRole('button', { name: leads[0]?.name ?? '' })
    .first()
    .click();
  await page.getByRole('complementary', { name: 'Lead' }).waitFor();
  expect(await faults()).toEqual([]);
  // On a phone, too, the conversation can be ended without closing what is read meanwhile.
  await page.setViewportSize(PHONE);
  await page.getByRole('button', { name: 'Hang up' }).click();
  await page.setViewportSize(DESKTOP);
  await page.getByRole('heading', { name: /^Wrap-up/ }).waitFor();
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByLabel('Notes').first().fill('Wants the offer by Monday.');
  expect(await faults()).toEqual([]);
});

test.each(['leads', 'queues', 'history', 'statistics', 'team', 'users'])(
  'the page %s is accessible with data',
  async (path) => {
    await goTo(path);
    expect(await faults()).toEqual([]);
  },
);

test.each(['api-keys', 'audit', 'profile', 'no-such-page'])(
  'the page %s is accessible',
  async (path) => {
    await goTo(path);
    expect(await faults()).toEqual([]);
  },
);

test('every tab of the settings is accessible', async () => {
  await server.client.suppressions.add({ phone_numbers: ['+19075550177'], reason: 'Asked for it' });
  for (const tab of ['system', 'do-not-call', 'connections', 'provider-events', 'crm']) {
    await goTo(`settings/${tab}`);
    expect({ tab, faults: await faults() }).toEqual({ tab, faults: [] });
  }
});

test('the pages of a queue, a call and a lead are accessible', async () => {
  const { queues } = await server.client.queues.list();
  await goTo(`queues/${queues[0]?.id}`);
  expect(await faults()).toEqual([]);
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('dialog').waitFor();
  expect(await faults()).toEqual([]);
  const { calls } = await server.client.history.list();
  await goTo(`history?call=${calls[0]?.id}`);
  await page.getByRole('complementary', { name: 'Call' }).waitFor();
  expect(await faults()).toEqual([]);
  await goTo('leads');
  await page.getByRole('button', { name: 'Add lead' }).click();
  await page.getByRole('dialog').waitFor();
  expect(await faults()).toEqual([]);
});
