import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromiumArguments, findChromium } from '@outdial/testing/services';
import { type Browser, chromium, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';

export interface BrowserPage {
  readonly page: Page;
  /** Uncaught errors of the page, and its console errors. */
  readonly errors: readonly string[];
  /** Requests that the page made of the server's API. */
  readonly requests: readonly string[];
}

/** A separate browser, which the caller closes. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    throw new Error(
      'These tests need Chromium. Install it (Debian: apt-get install chromium), or set OUTDIAL_CHROMIUM.',
    );
  }
  return chromium.launch({ executablePath, args: [...chromiumArguments] });
}

export async function openPage(url: string): Promise<BrowserPage> {
  const browser = await launchBrowser();
  onTestFinished(() => browser.close());
  const context = await browser.newContext({
    viewport: { width: 1360, height: 900 },
    locale: 'en-US',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const errors: string[] = [];
  const requests: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/api/')) requests.push(`${request.method()} ${pathname}`);
  });
  await page.goto(url);
  return { page, errors, requests };
}

/** Runs the story; where it fails, what the page showed is kept and its place is named. */
export async function withScreenshot<T>(
  { page, errors }: BrowserPage,
  story: () => Promise<T>,
): Promise<T> {
  try {
    return await story();
  } catch (error) {
    const folder = await mkdtemp(join(tmpdir(), 'outdial-screenshot-'));
    const path = join(folder, 'failed.png');
    await page.screenshot({ path, fullPage: true }).then(
      () => console.error(`What the page showed: ${path}`),
      () => console.error('No screenshot could be taken.'),
    );
    if (errors.length > 0) console.error(`What the page complained of:\n${errors.join('\n')}`);
    throw error;
  }
}

/**
 * Controls without a name, which a person with a screen reader cannot use. Read from the
 * accessibility tree, where a named one is written `- button "Pause"`.
 */
export async function unnamedControls(page: Page): Promise<string[]> {
  const tree = await page.locator('body').ariaSnapshot();
  const lines = tree.split('\n');
  return lines.filter((line) =>
    /^\s*- (button|link|checkbox|radio|switch|tab|textbox|combobox|searchbox|spinbutton)\b(?! ["/])/.test(
      line,
    ),
  );
}
