import { until } from '@outdial/lab/server/until';
import { FIRST_ADMIN } from '@outdial/testing/sign-in';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openPage, withScreenshot } from '../src/browser.js';
import { leadsThatEndAs } from '../src/leads.js';
import { setPractice } from '../src/practice.js';
import { startedServer } from '../src/server-for-test.js';

/** Every letter that was a command once, digits, and spaces. */
const NOTE = 'so 1 should Stop here, 2 pauses: she asks for 9 seats, no shift, Dial S. H ';
/** As fast as people who type well. */
const KEY_EVERY_MS = 111;

const type = (page: Page, text: string) => page.keyboard.type(text, { delay: KEY_EVERY_MS });

test('a note typed at 9 keys/s across the end of a wrap-up and a lost connection loses no letter, and triggers nothing when its field goes away', async () => {
  const server = await startedServer({ env: { SIMULATOR_SPEED: '4', SIMULATOR_SEED: '8' } });
  const { client } = server;
  const { version, settings } = await client.config.get();
  await client.config.put({
    version,
    settings: {
      ...settings,
      dialing: { ...settings.dialing, wrap_up_seconds: 5, delay_seconds: 1 },
    },
  });
  await setPractice(client, { talk_seconds: { min: 2, max: 2 } });
  const leads = await leadsThatEndAs(client, ['CONNECTED', 'CONNECTED', 'CONNECTED']);
  const { agents } = await client.agents.list();
  const opened = await openPage(`${server.url}/team`);
  const { page } = opened;
  await withScreenshot(opened, async () => {
    await page.getByLabel('Email address').fill(FIRST_ADMIN.email);
    await page.getByRole('textbox', { name: 'Password' }).fill(FIRST_ADMIN.password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('button', { name: `Act for ${agents[0]?.name}` }).click();
    await page.getByText(`You act for ${agents[0]?.name}`).waitFor();
    await client.dialer.start({ lead_ids: leads.map(({ id }) => id), lines: 1 });
    await page.getByRole('heading', { name: /^Wrap-up/ }).waitFor({ timeout: 60_000 });

    const commands: string[] = [];
    page.on('request', (request) => {
      const path = new URL(request.url()).pathname;
      if (request.method() === 'POST' && /^\/api\/(dialer|calls)\//.test(path)) commands.push(path);
    });
    const field = page.getByLabel('Notes').first();
    await field.click();
    await type(page, NOTE);
    await page.context().setOffline(true);
    // Longer than the wrap-up: the server begins the next round meanwhile.
    await type(page, NOTE + NOTE);
    await page.context().setOffline(false);
    await type(page, NOTE);
    const typed = NOTE.repeat(4);
    expect(await field.inputValue()).toBe(typed);
    expect(commands.filter((path) => !path.endsWith('/hold-wrap-up'))).toEqual([]);
    expect(await page.getByRole('dialog').count()).toBe(0);

    // The server has it, for whichever device asks next.
    const { body } = await until('the server has the whole note', async () => {
      const { calls } = await client.history.list({ limit: 50 });
      const call = calls.find(({ agent_note }) => agent_note.text === typed);
      return call !== undefined && { body: call };
    });
    expect(body.agent_note.is_draft).toBe(true);

    // A field that goes away under the hands: what is typed on does nothing.
    await page.getByLabel('Notes').first().focus();
    await page.evaluate(() => document.querySelector('textarea')?.closest('section')?.remove());
    await type(page, 'so 1 and 2 Stop H D');
    expect(commands.filter((path) => !path.endsWith('/hold-wrap-up'))).toEqual([]);
    expect(await page.getByRole('dialog').count()).toBe(0);
  });
});
