import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openPage, unnamedControls, withScreenshot } from '../src/browser.js';
import { expectOneActivityEach } from '../src/checks.js';
import { forcedNumber } from '../src/leads.js';
import type { OutdialServer } from '../src/outdial-server.js';
import { allActivities, allCalls } from '../src/read-all.js';
import { startedServer } from '../src/stage.js';
import { until } from '../src/until.js';

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

/** A conversation long enough to restart the server in, and time to say how it went. */
async function patientPeople(server: OutdialServer): Promise<void> {
  const { version, settings } = await server.client.config.get();
  await server.client.config.put({
    version,
    settings: {
      ...settings,
      dialing: { ...settings.dialing, wrap_up_seconds: 600 },
      simulator: {
        ...settings.simulator,
        talk_seconds: { min: 300, max: 300 },
      },
    },
  });
}

test('a newcomer imports a list, dials two lines, talks, and finds every result', async () => {
  // With this seed a second phone rings when the person answers, and would ring on for seconds.
  const server = await startedServer({ env: { SIMULATOR_SPEED: '2', SIMULATOR_SEED: '8' } });
  await patientPeople(server);
  const opened = await openPage(server.url);
  const { page, errors, requests } = opened;
  await withScreenshot(opened, async () => {
    expect(await page.title()).toMatch(/Outdial/);

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

    // The cards fill by themselves, two and never more, until somebody answers.
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

    // Nobody asks while nothing happens: what the page knows it was told.
    await until('the page has read what it wanted', async () => {
      const before = requests.length;
      await page.waitForTimeout(2_500);
      return requests.length === before;
    });
    const quiet = requests.length;
    await page.waitForTimeout(3_000);
    expect(requests.slice(quiet)).toEqual([]);

    // The server dies in the middle of it and comes back; the page says so, and goes on.
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
    await page.keyboard.press('h');
    await page.getByText('Session over: nobody to call now').waitFor({ timeout: 60_000 });
    const metrics = page.getByLabel('Metrics of this session');
    expect(await metrics.innerText()).toMatch(
      /Attempted\s*6\s*Connected\s*1\s*Failed\s*4\s*Canceled\s*1/,
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
    await page.getByRole('tab', { name: 'Mock CRM' }).click();
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

    for (const place of ['Queues', 'Team']) {
      await goTo(page, place);
      await page.getByRole('heading', { name: place, level: 1 }).waitFor();
      expect(await unnamedControls(page)).toEqual([]);
    }
  });

  // A server that is gone for a moment is all that a browser may complain of.
  const complaints = errors.filter(
    (error) => !/ERR_CONNECTION|WebSocket|Failed to fetch/.test(error),
  );
  expect(complaints).toEqual([]);
  const calls = await allCalls(server.client);
  expect(calls.filter((call) => call.outcome === 'CONNECTED')).toMatchObject([
    { disposition: 'Interested', notes: 'Wants the offer by Monday.', winner: true },
  ]);
  expectOneActivityEach(calls, await allActivities(server.client));
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
