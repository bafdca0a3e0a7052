// The console in a real browser.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { type Browser, type Page, chromium } from 'playwright-core';

import { root } from './place.ts';

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export type Console = {
  readonly page: Page;
  /** What the browser complained about: errors of the page, and of its content security policy. */
  readonly complaints: readonly string[];
  /** Kept in test/dist, to be looked at. */
  readonly picture: (name: string) => Promise<void>;
  readonly close: () => Promise<void>;
};

export const openConsole = async (login: string): Promise<Console> => {
  const browser: Browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: QUIET });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(login);
  const folder = join(root, 'test', 'dist');
  mkdirSync(folder, { recursive: true });
  return {
    page,
    complaints,
    picture: async (name) => void (await page.screenshot({ path: join(folder, `${name}.png`) })),
    close: () => browser.close(),
  };
};
