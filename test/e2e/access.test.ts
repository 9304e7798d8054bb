import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type axe from 'axe-core';
import { until } from '../support/until.ts';
import { answerWith, startReceiver } from '../forwards/start-receiver.ts';
import { startBrowser, type TestBrowser } from './start-browser.ts';
import { appIn, changeForWeeks, startHouse, untilShown } from './start-house.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

let browser: TestBrowser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
});

async function findWide(page: Page, width: number): Promise<string[]> {
  await page.setViewportSize({ width, height: 800 });
  const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
  return wide > width ? [`${wide} px wide in a window of ${width}`] : [];
}

/** What axe finds on the page as it stands, and whether it is wider than its window. */
async function findFaults(page: Page, width: number): Promise<string[]> {
  const wide = await findWide(page, width);
  if (!(await page.evaluate<boolean>('"axe" in globalThis'))) await page.evaluate(axeSource);
  const { violations } = await page.evaluate<axe.AxeResults, string[]>(
    (values) =>
      (globalThis as unknown as { axe: typeof axe }).axe.run({
        runOnly: { type: 'tag', values },
        resultTypes: ['violations'],
      }),
    tags,
  );
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
  return [...found, ...wide];
}

/** What a person can read on it, in its fields too. */
async function readAll(page: Page): Promise<string> {
  const fields = await page.locator('input:not([type=hidden])').all();
  const values = await Promise.all(fields.map((field) => field.inputValue()));
  return [await page.locator('body').innerText(), ...values].join('\n');
}

const languages = [
  ['Danish', 'da-DK', 'da'],
  ['English', 'en-GB', 'en'],
] as const;

test.each(languages)(
  'in %s no page breaks a rule of WCAG 2.2 AA, from 320 to 1600 px',
  async (_name, locale, lang) => {
    const receiver = await startReceiver(answerWith(500));
    const house = await startHouse({ FORWARD_PRIVATE_HOSTS: receiver.host });
    const { sandbox, server } = house;
    await changeForWeeks(house);
    const { forwards } = server.services;
    await forwards.add({ tenantId: 1, url: receiver.url });
    const paused = await forwards.add({ tenantId: 1, url: `${receiver.url}/paused` });
    await forwards.pause(paused.id);
    await sandbox.changeInvoiceLine(50101);
    await until(async () => (await forwards.attempts(1, 1)).length > 0, 'the first attempt');
    await untilShown(server);
    const { context, open, complaints } = await browser.visit({ locale });
    const page = await open();
    const faults: string[] = [];

    async function check(name: string): Promise<void> {
      expect(await page.getAttribute('html', 'lang')).toBe(lang);
      expect(await readAll(page)).not.toMatch(/undefined|\[object|NaN|Invalid Date/);
      const told = (width: number, found: string[]): unknown =>
        faults.push(...found.map((fault) => `${name}, ${width} px: ${fault}`));
      for (const width of [768, 1600]) told(width, await findWide(page, width));
      for (const width of [320, 1200]) told(width, await findFaults(page, width));
    }
    const follow = (selector: string): Promise<void> => page.locator(selector).first().click();

    await page.goto(sandbox.interfaceUrl('user', 'menu', 11));
    await page.locator('summary').click();
    await check('changes');
    await follow('.list a');
    await check('object');
    await page.goto(sandbox.interfaceUrl('user', 'tab', 11, { id: '12', usercode: 'JSØ' }));
    await check('tab');
    await page.goto(sandbox.interfaceUrl('user', 'tab', 11, { id: '99', usercode: 'XX' }));
    await check('tab of nobody');
    await page.goto(`${sandbox.interfaceUrl('user', 'menu', 11)}&time=range&from=yesterday`);
    await check('wrong dates');
    await page.goto(sandbox.interfaceUrl('invoice', 'settings', 11));
    await check('settings');
    await page.locator('#days').fill('0');
    await follow('form:has(#days) button');
    await check('refused settings');
    await follow('form[action*="/test"] button');
    await page.locator('.notice').waitFor();
    await check('tested');
    await follow('a[href*="/attempts"]');
    await check('attempts');
    await follow('main a');
    await follow('a[href*="/confirm-remove"]');
    await check('removal');
    await page.goto(`${server.url}/interfaces/x/user/menu`);
    await check('refusal');
    await page.goto(`${server.url}/return/${house.sandbox.connections[0]?.returnurl.split('/').at(-1) ?? ''}`);
    await check('return');
    await page.goto(sandbox.interfaceUrl('invoice', 'settings', 11));
    await page.locator('#url').fill(`https://erp.example/${'long'.repeat(40)}`);
    sandbox.expireSessions();
    house.passSeconds(61);
    await follow('form:has(#url) button');
    await page.locator('textarea').waitFor();
    await check('kept form');

    expect(faults).toEqual([]);
    expect(complaints.filter((each) => !/status of (422|403|404) /.test(each))).toEqual([]);
    await context.close();
  },
  120_000,
);

test('a tenant that Microbizz refuses sees it on every page, with the link that mends it in a new tab', async () => {
  const house = await startHouse();
  const { sandbox, server } = house;
  const { context, open } = await browser.visit();
  const page = await open();
  await server.services.connections.noteToken(1, Date.parse('2025-05-05T06:00:00Z'));
  await page.goto(sandbox.interfaceUrl('invoice', 'settings', 11));
  expect(await findFaults(page, 320)).toEqual([]);
  const opened = context.waitForEvent('page');
  await page.getByRole('link', { name: 'Forbind appen igen (åbner i en ny fane)' }).click();
  await (await opened).waitForURL(`${sandbox.url}/appconnect/`);
  await context.close();
});

test('with the keyboard alone: past the head, through the filter, into an object and back', async () => {
  const house = await startHouse();
  await house.sandbox.changeInvoiceLine(50102);
  await house.sandbox.changeProductUse(70201);
  await untilShown(house.server);
  const { context, open } = await browser.visit();
  const page = await open();
  await page.goto(house.sandbox.interfaceUrl('user', 'menu', 11));
  const focused = (): Promise<string> =>
    page.evaluate(
      'document.activeElement.matches("body") ? "" : (document.activeElement.id || document.activeElement.textContent).trim()',
    );
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };

  await press('Tab');
  expect(await focused()).toBe('Gå til indholdet');
  expect(await page.locator('.skip').boundingBox()).toMatchObject({ x: 8 });
  await press('Enter', 'Tab');
  expect(await focused()).toBe('kind');
  const outline = await page.evaluate<string>('getComputedStyle(document.activeElement).outlineWidth');
  expect(outline).toBe('3px');
  await press('ArrowDown');
  for (let steps = 0; (await focused()) !== 'text' && steps < 20; steps += 1) await press('Tab');
  await page.keyboard.type('zone');
  await press('Enter');
  await page.locator('input[name=text][value=zone]').waitFor();
  const places = new Set<string>();
  while (!(await focused()).startsWith('Fakturalinje 50102')) {
    expect(places.size).toBeLessThan(40);
    await press('Tab');
    places.add(`${places.size}`);
  }
  await press('Enter');
  await page.getByRole('heading', { name: 'Fakturalinje 50102' }).waitFor();
  for (let steps = 0; !(await focused()).includes('Alle ændringer') && steps < 10; steps += 1) await press('Tab');
  await press('Enter');
  await page.getByRole('heading', { name: 'Ændringer', level: 1 }).waitFor();
  await context.close();
});

test('a page in the frame has its title and heads in order, so that a screen reader’s user can find their way', async () => {
  const house = await startHouse();
  await house.sandbox.changeInvoiceLine(50102);
  await untilShown(house.server);
  const { context, open } = await browser.visit();
  const page = await open();
  await page.goto(`${house.sandbox.url}/menu/user/0`);
  const app = appIn(page);
  await app.getByRole('search').waitFor();
  expect(await app.getByRole('heading', { level: 1 }).count()).toBe(1);
  expect(await app.locator('h2').allInnerTexts()).toEqual([
    'Vælg ændringer',
    'Ændringer pr. dag',
    'Ændringer, de nyeste først',
  ]);
  expect(await app.locator('title').first().textContent()).toBe('Ændringer');
  await context.close();
});
