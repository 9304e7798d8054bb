import type { FakeEndpoint } from '../support/fake-endpoint.ts';
import { openConnection, openLink, type ConnectRequest, type TestServer } from '../support/start-server.ts';
import { postNegotiate } from './post-negotiate.ts';

/** Connects by hand, with values of the test's own; as anybody does, or with a link. */
export async function connectTo(
  server: TestServer,
  { origin, url }: Pick<FakeEndpoint, 'origin' | 'url'>,
  { link, ...given }: { contract?: string; accesstoken?: string; link?: string } = {},
): Promise<ConnectRequest> {
  const request = await (link === undefined ? openConnection(server, origin) : openLink(link));
  const fields = { endpoint: url, contract: '2391', accesstoken: 'a-working-token', challenge: 'c', ...given };
  const answer = await postNegotiate(request.negotiateurl, fields);
  if (answer.status !== 200) throw new Error(answer.text);
  await fetch(request.returnurl);
  return request;
}
