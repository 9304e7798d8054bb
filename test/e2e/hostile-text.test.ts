import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { startReceiver } from '../forwards/start-receiver.ts';
import { startBrowser, type TestBrowser } from './start-browser.ts';
import { startHouse, untilShown } from './start-house.ts';

/** Each way in is tried in each shape; `RUN` becomes a call that the browser would tell of, with the number of the payload. */
const shapes = [
  '<script>RUN</script>',
  '<ScRiPt >RUN</sCrIpT >',
  '<img src=x onerror=RUN>',
  '<svg onload=RUN>',
  '<svg><script>RUN</script></svg>',
  '<body onload=RUN>',
  '<iframe srcdoc="<script>RUN</script>"></iframe>',
  '<iframe src="javascript:RUN"></iframe>',
  '<a href="javascript:RUN" autofocus onfocus=RUN tabindex=1>x</a>',
  '<input autofocus onfocus=RUN>',
  '<details open ontoggle=RUN>',
  '<video><source onerror=RUN></video>',
  '<style>@import "javascript:RUN";</style>',
  '<style>*{background:url(https://evil.example/N)}</style>',
  '<link rel=stylesheet href="https://evil.example/N">',
  '<meta http-equiv=refresh content="0;url=javascript:RUN">',
  '<base href="https://evil.example/N/">',
  '<form action="https://evil.example/N"><button autofocus>',
  '<object data="data:text/html,<script>RUN</script>"></object>',
  '<embed src="data:image/svg+xml,<svg onload=RUN>">',
  '<math><mi xlink:href="javascript:RUN">x</mi></math>',
  '<template><script>RUN</script></template><noscript><p title="</noscript><img src=x onerror=RUN>">',
  '{{constructor.constructor("RUN")()}}${RUN}<%= RUN %><%~ RUN %>',
  'javascript:RUN//',
  '\u2028RUN\u2028//<!--<script>RUN//-->',
];
const prefixes = [
  '',
  '">',
  "'>",
  '--></title></style></textarea></script>',
  '</td></tr></table>',
  '" onmouseover=RUN autofocus onfocus=RUN x="',
  "' onfocus='RUN' autofocus x='",
  '`>',
  '&quot;&gt;',
  '\\"><',
  '\u0000>',
  ']]>',
  '%22%3E',
  '+ADw-',
  '&#60;',
  '\r\n\r\n',
  '\u202e">',
  '<<',
  '"/>',
  '\t">',
];
const payloads = shapes
  .flatMap((shape) => prefixes.map((prefix) => prefix + shape))
  .map((text, number) => text.replaceAll('RUN', `alert(${number})`).replaceAll('/N', `/${number}`));

let browser: TestBrowser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
});

test('of 500 payloads in names, values, titles, user codes and addresses the browser runs none and loads nothing', async () => {
  expect(new Set(payloads).size).toBe(500);
  const receiver = await startReceiver((_received, response) => response.end(payloads[0]));
  const house = await startHouse({ FORWARD_PRIVATE_HOSTS: receiver.host });
  const { sandbox, server } = house;
  const send = (id: string, object: object): Promise<unknown> =>
    sandbox.sendEvent('invoice', 'event_invoice_line_change', { object: { id, ...object } });
  // Ten payloads an object, each once as a name and once as a value, before and after a change; one as title, code and id.
  const groups = Array.from({ length: 50 }, (_, at) => payloads.slice(at * 10, at * 10 + 10));
  for (const group of groups) {
    const [title = '', code = '', nested = ''] = group;
    const id = title.trim();
    const names = Object.fromEntries(group.map((payload) => [payload, payload]));
    await send(id, { text: title, usercode: code, userid: 12, set: { [nested]: [nested] }, ...names });
    const turned = Object.fromEntries(group.map((payload, at) => [payload, group[(at + 1) % group.length]]));
    await send(id, { text: code, usercode: code, userid: 12, set: { [nested]: [nested, title] }, ...turned });
  }
  for (const [at, payload] of payloads.entries()) {
    if (at % 25 !== 0) continue;
    const url = `${receiver.url}/${at}?${payload}#${payload}`;
    await server.services.forwards.add({ tenantId: 1, url });
  }
  await untilShown(server);

  const { context, open, complaints } = await browser.visit();
  const page = await open();
  page.on('request', (request) => {
    if (new URL(request.url()).hostname !== 'localhost') complaints.push(`asks ${request.url()}`);
  });
  const look = async (url: string): Promise<void> => {
    await page.goto(url, { waitUntil: 'load' });
    complaints.push(...(await findForeign(page)).map((each) => `${each} in ${url.slice(0, 80)}`));
  };

  // Back from each page of the list to the next by its own link, and from there to every object of it.
  const objects = new Set<string>();
  let next: string | null = sandbox.interfaceUrl('user', 'menu', 11);
  while (next !== null) {
    await look(next);
    for (const link of await page.locator('.list a').all()) objects.add(await linkOf(link));
    const older = page.getByRole('link', { name: 'Ældre ændringer' });
    next = (await older.count()) === 0 ? null : await linkOf(older);
  }
  const byObject = new Map([...objects].map((url) => [new URL(url).searchParams.get('id'), url]));
  expect([...byObject.keys()].filter((id) => !groups.some(([title]) => title?.trim() === id))).toEqual([]);
  expect(byObject.size).toBe(50);
  for (const url of byObject.values()) await look(url);
  const seen = await page.content();
  expect(seen).toContain('&lt;');

  const variables = { id: '12', usercode: payloads[1] ?? '' };
  await look(sandbox.interfaceUrl('user', 'tab', 11, variables));
  await look(sandbox.interfaceUrl('invoice', 'settings', 11));
  expect(await page.locator('.card').count()).toBe(20);
  const ofForwards = await page.locator('.card a').all();
  for (const url of await Promise.all(ofForwards.map(linkOf))) await look(url);
  await page.goto(sandbox.interfaceUrl('invoice', 'settings', 11));
  await page.locator('form[action*="/test"] button').first().click();
  await page.locator('pre').waitFor();
  complaints.push(...(await findForeign(page)));
  for (const payload of payloads.filter((_, at) => at % 50 === 0)) {
    await look(`${sandbox.interfaceUrl('user', 'menu', 11)}&${new URLSearchParams({ text: payload }).toString()}`);
    await page.goto(sandbox.interfaceUrl('invoice', 'settings', 11));
    await page.locator('#url').fill(payload);
    await page.locator('#days').fill('1');
    await page.locator('form:has(#url) button').click();
    complaints.push(...(await findForeign(page)));
  }
  expect(complaints.filter((each) => !/status of (422|400) /.test(each))).toEqual([]);
  expect(await context.cookies()).toEqual([]);
  await context.close();
}, 120_000);

async function linkOf(link: { evaluate<T>(run: (element: unknown) => T): Promise<T> }): Promise<string> {
  return link.evaluate((element) => (element as { href: string }).href);
}

/** Elements and attributes that no view of ours has: markup that came from text, even when it did nothing. */
function findForeign(page: Page): Promise<string[]> {
  const foreign =
    'script, img, iframe, object, embed, video, link, base, math, template, style ~ style, meta[http-equiv]';
  return page.evaluate<string[], string>((selector) => {
    const document = (globalThis as unknown as { document: { querySelectorAll(text: string): Iterable<Element> } })
      .document;
    interface Element {
      outerHTML: string;
      getAttributeNames(): string[];
    }
    const handlers = [...document.querySelectorAll('*')].filter((element) =>
      element.getAttributeNames().some((name) => name.startsWith('on') || name === 'style'),
    );
    return [...document.querySelectorAll(selector), ...handlers].map(({ outerHTML }) => outerHTML.slice(0, 100));
  }, foreign);
}
