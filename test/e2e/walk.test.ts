import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { startServer, startTestSandbox } from '../support/start-server.ts';
import { startReceiver } from '../forwards/start-receiver.ts';
import { startBrowser, type TestBrowser, type Visitor } from './start-browser.ts';
import { appIn, changeForWeeks, startHouse, untilAsked, untilShown, type House } from './start-house.ts';

let browser: TestBrowser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
});

/** With JavaScript and without: nothing of what a person can do may hang on it. */
const ways = [
  ['with JavaScript', true],
  ['without JavaScript', false],
] as const;

async function visit(house: House, options: Parameters<TestBrowser['visit']>[0]): Promise<Visitor & { page: Page }> {
  const visitor = await browser.visit(options);
  const page = await visitor.open();
  const own = [new URL(house.sandbox.url).host, new URL(house.server.url).host];
  page.on('request', (request) => {
    const { host } = new URL(request.url());
    if (!own.includes(host)) visitor.complaints.push(`asks ${host}`);
  });
  return { ...visitor, page };
}

/** The step that a person's back button takes: in the frame, where Playwright's own waits for the page around it. */
async function goBack(page: Page): Promise<void> {
  await page.evaluate('history.back()');
}

/** @param refusals statuses of errors that this visitor was to see: the browser tells of each. */
async function expectQuiet({ context, complaints }: Visitor, ...refusals: number[]): Promise<void> {
  expect(complaints.filter((each) => !refusals.some((status) => each.includes(`status of ${status} `)))).toEqual([]);
  expect(await context.cookies()).toEqual([]);
  await context.close();
}

test.each(ways)(
  '%s: connect, accept, change an invoice line, see it in the iframe',
  async (_name, javaScriptEnabled) => {
    const sandbox = await startTestSandbox();
    const server = await startServer({ solution: sandbox.url, host: 'localhost' });
    const visitor = await browser.visit({ javaScriptEnabled });
    const page = await visitor.open();

    // Sent on to the other origin by the page's own script; without it by a button.
    await page.goto(`${server.url}/connect`);
    if (!javaScriptEnabled) await page.getByRole('button', { name: 'Fortsæt til Microbizz' }).click();
    await page.waitForURL(`${sandbox.url}/appconnect/`);
    expect(await page.locator('main').innerText()).toContain('Videresendelse');
    await page.getByRole('button', { name: 'Accept' }).click();
    await page.getByRole('heading', { name: 'Forbundet' }).waitFor();
    expect(await page.locator('dl').innerText()).toContain(sandbox.contract);
    await untilAsked(server);

    await page.goto(`${sandbox.url}/menu/user/0`);
    await appIn(page).getByText('Ingen ændringer endnu').waitFor();
    await page.getByRole('link', { name: 'Change something' }).click();
    await page.getByRole('row', { name: 'Kørsel – zone 2' }).first().getByRole('button', { name: 'Change' }).click();
    await page.locator('.ok').first().waitFor();
    expect(await page.locator('.failed').count()).toBe(0);
    await untilShown(server);
    await page.goto(`${sandbox.url}/menu/user/0`);
    await appIn(page).getByRole('link', { name: 'Fakturalinje 50102' }).waitFor();
    await expectQuiet(visitor);
  },
);

test.each(ways)(
  '%s: open the menu, filter, follow links three deep, reload, go back',
  async (_name, javaScriptEnabled) => {
    const house = await startHouse();
    await changeForWeeks(house);
    const visitor = await visit(house, { javaScriptEnabled });
    const { page } = visitor;
    const app = appIn(page);

    const answered = page.waitForResponse((response) => response.url().includes('/user/menu'));
    await page.goto(`${house.sandbox.url}/menu/user/0`);
    await app.getByRole('heading', { name: 'Ændringer', level: 1 }).waitFor();
    expect((await (await answered).body()).length).toBeLessThan(60_000);
    const rows = app.locator('.list tbody tr');
    expect(await rows.count()).toBe(25);
    expect(await app.getByRole('img').getAttribute('aria-labelledby')).toBe('picture-title');

    await app.getByLabel('Hvad').selectOption({ label: 'Fakturalinjer' });
    await app.getByLabel('Søg').fill('KM-02');
    await app.getByRole('button', { name: 'Vis', exact: true }).click();
    await app.locator('input[name=text][value="KM-02"]').waitFor();
    expect(new Set(await rows.locator('td:first-child a').allInnerTexts())).toEqual(new Set(['Fakturalinje 50102']));

    await rows.first().getByRole('link').click();
    await app.getByRole('heading', { name: 'Fakturalinje 50102' }).waitFor();
    await app.getByText('KM-02').first().waitFor();
    const changes = app.getByRole('article');
    expect(await changes.first().innerText()).toMatch(/maj 2025[^]*(Antal|Stykpris|Bruger)/);
    const dates = await app.locator('h3').allInnerTexts();

    await app.getByRole('link', { name: 'English' }).click();
    await app.getByRole('heading', { name: 'Invoice line 50102' }).waitFor();
    await app.getByRole('link', { name: 'All changes' }).click();
    await app.getByRole('heading', { name: 'Changes', exact: true }).waitFor();
    await app.getByRole('link', { name: 'Older changes' }).click();
    await app.getByRole('link', { name: 'The newest' }).waitFor();

    const download = page.waitForEvent('download');
    await app.getByRole('link', { name: 'Download as CSV' }).click();
    expect((await download).suggestedFilename()).toBe('changes-2025-06-03.csv');

    // Back through all of it, in the frame's own history.
    await goBack(page);
    await app.getByRole('heading', { name: 'Changes', exact: true }).waitFor();
    await goBack(page);
    await app.getByRole('heading', { name: 'Invoice line 50102' }).waitFor();
    await goBack(page);
    await app.getByRole('heading', { name: 'Fakturalinje 50102' }).waitFor();
    expect(await app.locator('h3').allInnerTexts()).toEqual(dates);
    await page.reload();
    await app.getByRole('heading', { level: 1 }).waitFor();
    await expectQuiet(visitor);
  },
);

test.each(ways)(
  '%s: a user’s tab shows what names the user, by week, and leads to the object',
  async (_name, javaScriptEnabled) => {
    const house = await startHouse();
    await changeForWeeks(house);
    const visitor = await visit(house, { javaScriptEnabled });
    const app = appIn(visitor.page);
    await visitor.page.goto(`${house.sandbox.url}/users/13`);
    await app.getByRole('heading', { name: 'Ændringer på linjer, hvor brugeren står' }).waitFor();
    await app.getByRole('heading', { name: 'Ændringer pr. uge' }).waitFor();
    const users = await app.locator('.list tbody td:nth-child(3)').allInnerTexts();
    expect(new Set(users)).toEqual(new Set(['MÅ']));
    await app.locator('.list').getByRole('link').first().click();
    await app.getByRole('heading', { name: 'Historik' }).waitFor();
    await app.getByRole('link', { name: 'Alle ændringer' }).click();
    await app.getByRole('heading', { name: 'Ændringer på linjer, hvor brugeren står' }).waitFor();
    await expectQuiet(visitor);
  },
);

test.each(ways)(
  '%s: settings are added, refused, tested, paused, replayed and removed',
  async (_name, javaScriptEnabled) => {
    const receiver = await startReceiver((_received, response) => response.end('taken <b>well</b>'));
    const house = await startHouse({ FORWARD_PRIVATE_HOSTS: receiver.host });
    const { sandbox, server } = house;
    const visitor = await visit(house, { javaScriptEnabled });
    const { page } = visitor;
    const app = appIn(page);
    await page.goto(`${sandbox.url}/settings/invoice/0`);

    await app.getByLabel('Adresse').fill('ftp://nowhere.example');
    await app.getByLabel('Vareforbrug').check();
    await app.getByRole('button', { name: 'Tilføj modtager' }).click();
    await app.locator('#fault-url').waitFor();
    await app.getByText('Adressen kan ikke bruges: den begynder ikke med https://.').waitFor();
    await app.getByText('Det gælder ikke vareforbrug').waitFor();
    expect(await app.getByLabel('Adresse').inputValue()).toBe('ftp://nowhere.example');
    expect(await app.getByLabel('Adresse').getAttribute('aria-invalid')).toBe('true');
    expect(await app.getByLabel('Vareforbrug').isChecked()).toBe(true);
    await app.getByLabel('Vareforbrug').uncheck();
    await app.getByLabel('Adresse').fill(receiver.url);
    await app.getByRole('button', { name: 'Tilføj modtager' }).click();
    const secret = await app.locator('code').innerText();
    expect(secret).toMatch(/^whsec_/);

    await app.getByRole('button', { name: 'Afprøv' }).click();
    await app.getByText('Modtageren svarede, som den skal.').waitFor();
    await app.getByText('taken <b>well</b>').waitFor();
    expect(await app.locator('body').innerText()).not.toContain(secret);
    await sandbox.changeInvoiceLine(50101);
    await untilShown(server);
    await expect.poll(() => receiver.received.length).toBe(2);

    await app.getByRole('button', { name: 'Sæt på pause' }).click();
    await app.getByText('Modtageren er sat på pause.').waitFor();
    await app.getByRole('button', { name: 'Start igen' }).click();
    await app.getByText('Modtageren er startet igen.').waitFor();
    await app.getByRole('button', { name: 'Ny nøgle' }).click();
    await app.getByText('Nøglen vises kun denne ene gang.').waitFor();
    expect(await app.locator('code').innerText()).not.toBe(secret);

    await app.getByRole('link', { name: 'Seneste forsøg' }).click();
    await app.getByRole('button', { name: 'Send igen' }).click();
    await app.getByText('Beskeden er lagt i kø igen.').waitFor();
    await expect.poll(() => receiver.received.length).toBe(3);
    await app.getByRole('link', { name: 'Tilbage til indstillinger' }).click();

    await app.getByLabel('Antal dage').fill('sytten');
    await app.getByRole('button', { name: 'Gem' }).click();
    await app.locator('#fault-days').waitFor();
    expect(await app.getByLabel('Antal dage').inputValue()).toBe('sytten');
    await app.getByLabel('Antal dage').fill('90');
    await app.getByRole('button', { name: 'Gem' }).click();
    await app.getByText('Gemt.').waitFor();
    expect(await app.getByLabel('Antal dage').inputValue()).toBe('90');

    await app.getByRole('button', { name: 'Hent nu' }).click();
    await app.getByText('Der manglede ingen ændringer.').waitFor();
    await app.getByRole('link', { name: 'Fjern' }).click();
    await app.getByRole('link', { name: 'Nej, behold den' }).click();
    await app.getByRole('link', { name: 'Fjern' }).click();
    await app.getByRole('button', { name: 'Ja, fjern modtageren' }).click();
    await app.getByText('Der er ingen modtagere endnu.').waitFor();
    await expectQuiet(visitor, 422);
  },
);

test.each(ways)(
  '%s: when Microbizz ends the session, the next click shows a plain refusal and no data',
  async (_name, javaScriptEnabled) => {
    const house = await startHouse();
    await house.sandbox.changeInvoiceLine(50102);
    await untilShown(house.server);
    const visitor = await visit(house, { javaScriptEnabled });
    const { page } = visitor;
    const app = appIn(page);
    await page.goto(`${house.sandbox.url}/menu/user/0`);
    await app.getByRole('link', { name: 'Fakturalinje 50102' }).waitFor();
    house.sandbox.expireSessions();
    house.passSeconds(61);
    await app.getByRole('link', { name: 'Fakturalinje 50102' }).click();
    await app.getByRole('heading', { name: 'Du er ikke længere logget ind' }).waitFor();
    expect(await app.locator('body').innerText()).not.toMatch(/50102|Kørsel|Antal/);
    await expectQuiet(visitor, 403);
  },
);
