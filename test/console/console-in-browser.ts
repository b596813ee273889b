import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { type FakeConsole, startFakeConsole } from '../console-fake/server.ts';
import { openAs } from './person.ts';

/** One browser for the tests of a file, and for each test a console over a fake API of its own, closed behind it. */
export const consoleInBrowser = () => {
  let browser: Browser | undefined;
  let fake: FakeConsole | undefined;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
  });
  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close();
    await fake?.stop();
    fake = undefined;
  });
  return {
    /** Starts the console of this test and opens a path in it as a person. */
    open: async (
      name: string,
      path: string,
      options: Parameters<typeof startFakeConsole>[0] = {},
    ): Promise<{ page: Page; errors: string[] }> => {
      if (browser === undefined) throw new Error('open a page within a test: the browser is not there before');
      fake = await startFakeConsole(options);
      return openAs(browser, fake, name, path);
    },
    /** The console of this test. */
    get fake(): FakeConsole {
      if (fake === undefined) throw new Error('open a page first: there is no console yet');
      return fake;
    },
  };
};
