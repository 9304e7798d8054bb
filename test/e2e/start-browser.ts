import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import chromium from '@sparticuz/chromium';
import {
  chromium as launcher,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from 'playwright-core';

/** Meant for Lambda: one process for all pages dies with the first of them, and we want the web's security as users have it. */
const unwanted = /single-process|web-security|insecure-content|isolat/i;

/** Arial where there is one, otherwise the Open Sans that comes with the browser; the machine's own fonts for what that lacks. */
const fonts = (folder: string): string => `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<dir>${join(tmpdir(), 'fonts')}</dir><dir>/usr/share/fonts</dir><cachedir>${folder}</cachedir>
<alias><family>Arial</family><prefer><family>Liberation Sans</family><family>Open Sans</family></prefer></alias>
</fontconfig>`;

export interface TestBrowser {
  /** A visitor with a profile of their own, Danish, in a window as large as the README's picture. */
  visit(options?: BrowserContextOptions): Promise<Visitor>;
  close(): Promise<void>;
}

export interface Visitor {
  readonly context: BrowserContext;
  /** A page that takes no cookies from frames of another site, as browsers of today do. cookies.test.ts shows that it does not. */
  open(): Promise<Page>;
  /** Console errors (a violated Content-Security-Policy is one), exceptions, and answers that set a cookie. */
  readonly complaints: string[];
}

/** The browser from the package `@sparticuz/chromium`: nothing needs to be installed on the machine. */
export async function startBrowser(): Promise<TestBrowser> {
  const folder = mkdtempSync(join(tmpdir(), 'appconnect-browser-'));
  const fontsFile = join(folder, 'fonts.conf');
  writeFileSync(fontsFile, fonts(folder));
  // Without WebGL, which no page of ours has: the one in software takes much of the processor.
  chromium.setGraphicsMode = false;
  const browser: Browser = await launcher.launch({
    executablePath: await chromium.executablePath(),
    headless: true,
    args: [
      ...chromium.args.filter((flag) => !unwanted.test(flag)),
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
    env: { ...process.env, FONTCONFIG_FILE: fontsFile },
  });
  return {
    async visit(options) {
      const context = await browser.newContext({
        locale: 'da-DK',
        timezoneId: 'Europe/Copenhagen',
        viewport: { width: 1200, height: 780 },
        ...options,
      });
      const complaints: string[] = [];
      context.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
      });
      context.on('weberror', (error) => complaints.push(error.error().message));
      context.on('dialog', (dialog) => {
        complaints.push(`dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      context.on('response', (response) => {
        if ('set-cookie' in response.headers()) complaints.push(`${response.url()} sets a cookie`);
      });
      return { context, complaints, open: () => openPage(context) };
    },
    async close() {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** No flag of this browser blocks cookies of third parties; its debugging protocol does, for one page. */
async function openPage(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  const blocked = { disableThirdPartyCookieMetadata: true, disableThirdPartyCookieHeuristics: true };
  await session.send('Network.setCookieControls', { enableThirdPartyCookieRestriction: true, ...blocked });
  return page;
}
