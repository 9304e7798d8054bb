import { existsSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { startServer, startTestSandbox, type TestServer } from '../support/start-server.ts';
import { until } from '../support/until.ts';
import { startBrowser, type TestBrowser } from './start-browser.ts';

/** The README's picture. It is written when it is not there: remove it to have it taken anew. */
const picture = new URL('screenshot.png', import.meta.url);
const day = 86_400_000;

let browser: TestBrowser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
});

test('in a browser: connect, accept, change an invoice line, see it in the iframe, on a user’s tab too', async () => {
  // Both sides live a month in this test, at times that are always the same, so that the picture is too.
  let now = Date.parse('2025-03-03T08:00:00Z');
  const sandbox = await startTestSandbox({ now: () => now });
  const server = await startServer({ solution: sandbox.url, world: { now: () => now } });
  const { context, complaints } = await browser.visit();
  const page = await context.newPage();

  // Sent on to the other origin by the page's own script: nobody presses a button.
  await page.goto(`${server.url}/connect`);
  await page.waitForURL(`${sandbox.url}/appconnect/`);
  expect(await page.locator('main').innerText()).toContain('Seneste ændringer');
  await page.getByRole('button', { name: 'Accept' }).click();
  await page.waitForURL(`${server.url}/return/**`);
  await page.getByRole('heading', { name: 'Forbundet' }).waitFor();
  expect(await page.locator('dl').innerText()).toContain(sandbox.contract);

  await page.goto(sandbox.url);
  await page.getByRole('link', { name: 'Seneste ændringer' }).click();
  const app = page.frameLocator('iframe');
  await app.getByText('Ingen ændringer endnu').waitFor();

  for (const [date, changes] of [
    4, 2, 5, 7, 3, 0, 0, 6, 9, 4, 3, 8, 1, 0, 5, 7, 12, 6, 4, 0, 0, 8, 5, 10, 3,
  ].entries()) {
    now = Date.parse('2025-03-04T09:30:00Z') + date * day;
    for (let at = 0; at < changes; at += 1) {
      if (at % 2 === 0) await sandbox.changeInvoiceLine(50101 + ((date + at) % 4));
      else await sandbox.changeProductUse(70201 + ((date + at) % 4));
    }
  }
  now = Date.parse('2025-04-01T08:42:00Z');

  await page.getByRole('link', { name: 'Change something' }).click();
  const line = page.getByRole('row', { name: 'Kørsel – zone 2' });
  const count = Number.parseInt(await line.locator('.number').first().innerText(), 10);
  await line.getByRole('button', { name: 'Change' }).click();
  await page.locator('.ok').first().waitFor();
  expect(await page.locator('.failed').count()).toBe(0);
  await untilSorted(server);

  await page.getByRole('link', { name: 'Seneste ændringer' }).click();
  const newest = app.locator('tbody tr').first();
  await newest.getByText('Fakturalinje 50102').waitFor();
  expect(await newest.innerText()).toMatch(/1\. apr\. 2025, 10\.42/);
  expect(await newest.innerText()).toContain(`count: ${count} → ${count + 1}`);
  expect(await app.locator('tbody tr').count()).toBe(8);
  await keepPicture(page);

  await page.getByRole('link', { name: 'Users' }).click();
  await page.getByRole('link', { name: 'Mette Ågaard' }).click();
  await app.getByRole('heading', { name: 'Ændringer, der nævner denne bruger' }).waitFor();
  const rows = app.locator('tbody tr');
  await rows.first().waitFor();
  expect(await rows.count()).toBeLessThan(8);

  expect(complaints).toEqual([]);
  expect(await context.cookies()).toEqual([]);
  await context.close();
});

test('without JavaScript: the button of the connect page leads through, and the page in the iframe is shown', async () => {
  const sandbox = await startTestSandbox();
  const server = await startServer({ solution: sandbox.url });
  const { context, complaints } = await browser.visit({ javaScriptEnabled: false, locale: 'en-GB' });
  const page = await context.newPage();

  await page.goto(`${server.url}/connect`);
  await page.getByRole('button', { name: 'Continue to Microbizz' }).click();
  await page.getByRole('button', { name: 'Accept' }).click();
  await page.getByRole('heading', { name: 'Connected' }).waitFor();
  await sandbox.changeInvoiceLine(50104, { text: '<script>document.title = "run"</script>' });
  await untilSorted(server);
  await page.goto(`${sandbox.url}/menu/user/0`);
  await page.frameLocator('iframe').getByText('Invoice line 50104').waitFor();
  await page.frameLocator('iframe').getByText('<script>document.title').waitFor();

  expect(complaints).toEqual([]);
  expect(await context.cookies()).toEqual([]);
  await context.close();
});

/** A page shows what is sorted, which comes a moment after the answer. */
async function untilSorted({ services }: TestServer): Promise<void> {
  await until(async () => (await services.store.inbox.listUnsorted(1)).events.length === 0, 'the sorting');
}

async function keepPicture(page: Page): Promise<void> {
  const png = await page.screenshot({ animations: 'disabled' });
  expect(png.length).toBeLessThan(150_000);
  if (!existsSync(picture)) writeFileSync(picture, png);
}
