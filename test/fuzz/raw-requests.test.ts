import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isRefusal } from '../support/send-events.ts';
import { hookUrl, startStory } from '../support/start-server.ts';
import { post, type Post } from './arbitrary-body.ts';

const runs = Math.ceil(Number(process.env['FUZZ_RUNS'] ?? 3000) / 10);
const yes = '{"status":true,"error":""}';

type Framing = (body: Buffer) => { head: string; body: Buffer };

/** How a body says where it ends, rightly and wrongly. */
const framing: fc.Arbitrary<Framing> = fc.oneof(
  fc.constant<Framing>((body) => ({ head: `content-length: ${body.length}`, body })),
  fc
    .integer({ min: -20, max: 20 })
    .map((off): Framing => (body) => ({ head: `content-length: ${body.length + off}`, body })),
  fc
    .constantFrom('x', '1, 2', '99999999999999999999', '1\r\ncontent-length: 2')
    .map((length): Framing => (body) => ({ head: `content-length: ${length}`, body })),
  fc.nat(1000).map((cut): Framing => (body) => {
    const size = Buffer.from(`${body.length.toString(16)}\r\n`);
    const chunked = Buffer.concat([size, body, Buffer.from('\r\n0\r\n\r\n')]);
    return { head: 'transfer-encoding: chunked', body: chunked.subarray(0, chunked.length - (cut % chunked.length)) };
  }),
  fc.constantFrom('zz', '-1', 'fffffffffffffffff', '5;x=y', '').map((size): Framing => (body) => ({
    head: 'transfer-encoding: chunked',
    body: Buffer.concat([Buffer.from(`${size}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')]),
  })),
);

/** Everything that the server says until it ends the connection. */
async function exchange(url: URL, request: Buffer): Promise<string> {
  const socket = connect(Number(url.port), url.hostname);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  // What comes after a refusal is cut off: the server need not read it.
  socket.on('error', () => undefined);
  socket.end(request);
  await once(socket, 'close');
  return Buffer.concat(chunks).toString('latin1');
}

/** The bodies of all answers on one connection. */
function readAnswers(text: string): string[] {
  const answers: string[] = [];
  for (let rest = text; rest !== '';) {
    const end = rest.indexOf('\r\n\r\n') + 4;
    const head = rest.slice(0, end);
    expect(head).toMatch(/^HTTP\/1\.1 \d{3} /);
    const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
    if (!head.startsWith('HTTP/1.1 100')) answers.push(rest.slice(end, end + length));
    rest = rest.slice(end + length);
  }
  return answers;
}

test(
  'requests that end too early, too late or not as they said: the structure or no answer, and the connection ends',
  { timeout: Math.max(60_000, runs * 100) },
  async () => {
    const { request, server } = await startStory({ settings: { LOG_LEVEL: 'error' } });
    const url = new URL(hookUrl(request, 'invoice/event_invoice_line_change'));
    const seen = { answered: 0, silent: 0 };

    async function send({ type, body }: Post, frame: Framing): Promise<void> {
      const framed = frame(body.length > 10_000 ? body.subarray(0, 10_000) : body);
      const head = `POST ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\n${type === undefined ? '' : `content-type: ${type}\r\n`}${framed.head}\r\n\r\n`;
      const answers = readAnswers(await exchange(url, Buffer.concat([Buffer.from(head, 'latin1'), framed.body])));
      for (const answer of answers) expect(answer === yes || isRefusal(answer), answer).toBe(true);
      seen[answers.length > 0 ? 'answered' : 'silent'] += 1;
    }

    await fc.assert(fc.asyncProperty(post, framing, send), { numRuns: runs, timeout: 5000 });
    process.stdout.write(`raw requests: ${JSON.stringify({ runs, ...seen })}\n`);
    expect(server.log).toEqual([]);
    expect(seen.answered).toBeGreaterThan(runs / 3);
  },
);
