import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startReceiver } from '../forwards/start-receiver.ts';
import { startBrowser, type TestBrowser } from './start-browser.ts';
import { appIn, changeForWeeks, startHouse, untilShown } from './start-house.ts';

/** The README's pictures. Taken in every run, since they must not break, and kept by `npm run screenshots`. */
const folder = new URL('../../docs/screenshots/', import.meta.url);
const keep = process.env['SCREENSHOTS'] === 'keep';

let browser: TestBrowser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
});

test.each([
  ['da', 'da-DK'],
  ['en', 'en-GB'],
] as const)('pictures in %s: menu, history of an object, settings', async (language, locale) => {
  const receiver = await startReceiver();
  const house = await startHouse({ FORWARD_PRIVATE_HOSTS: receiver.host });
  const { sandbox, server } = house;
  await changeForWeeks(house);
  const { forwards } = server.services;
  await forwards.add({ tenantId: 1, url: receiver.url, hooks: ['invoice/event_invoice_line_change'] });
  const second = await forwards.add({ tenantId: 1, url: `http://${receiver.host}/lager` });
  await forwards.pause(second.id);
  await sandbox.changeInvoiceLine(50102, { unitprice: 425.5, customtext1: 'Aftalt med kunden' });
  await untilShown(server);
  const { context, open, complaints } = await browser.visit({ locale, viewport: { width: 1200, height: 860 } });
  const page = await open();
  const app = appIn(page);

  async function take(name: string): Promise<void> {
    // Its port and its timing are others in each run, the picture is not.
    await app.locator('body').evaluate((body: { innerHTML: string }, host: string) => {
      body.innerHTML = body.innerHTML
        .replaceAll(`http://${host}/hook`, 'https://erp.nordvest.example/microbizz')
        .replaceAll(`http://${host}/lager`, 'https://lager.nordvest.example/microbizz')
        .replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, 'https://system.microbizz.dk')
        .replaceAll(/\d+ ms/g, '18 ms');
    }, receiver.host);
    const png = await page.screenshot({ animations: 'disabled' });
    expect(png.length).toBeLessThan(150_000);
    if (!keep) return;
    mkdirSync(folder, { recursive: true });
    writeFileSync(new URL(`${name}-${language}.png`, folder), png);
  }

  await page.goto(`${sandbox.url}/menu/user/0`);
  await app.getByRole('img').waitFor();
  await take('menu');
  await page.reload();
  await app.locator('.list a').first().click();
  await app.getByRole('article').first().waitFor();
  await app.locator('.change .state.done').nth(1).waitFor();
  await app
    .locator('h2')
    .last()
    .evaluate((heading: { scrollIntoView(): void }) => {
      heading.scrollIntoView();
    });
  await take('object');
  await page.goto(`${sandbox.url}/settings/invoice/0`);
  await app.locator('.card').first().waitFor();
  await take('settings');
  expect(complaints).toEqual([]);
  await context.close();
});
