import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { startBrowser } from './start-browser.ts';

/** Sets the cookie that only such a browser refuses which blocks those of third parties, and frames the same page of another site. */
async function startSites(): Promise<{ first: string }> {
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo;
    response.setHeader('content-type', 'text/html');
    if (request.url === '/framed')
      response.setHeader('set-cookie', `framed=${String(request.headers.cookie)}; SameSite=None; Secure`);
    response.end(request.url === '/' ? `<iframe src="http://localhost:${port}/framed"></iframe>` : 'framed');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { first: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

test('the browser of these tests takes no cookie from a frame of another site', async () => {
  const browser = await startBrowser();
  onTestFinished(() => browser.close());
  const { first } = await startSites();
  const { context, open } = await browser.visit();
  const page = await open();
  await page.goto(first);
  await page.frameLocator('iframe').getByText('framed').waitFor();
  expect(await context.cookies()).toEqual([]);

  const careless = await context.newPage();
  await careless.goto(first);
  await careless.frameLocator('iframe').getByText('framed').waitFor();
  expect((await context.cookies()).length).toBe(1);
});
