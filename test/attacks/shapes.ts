import { sendRaw } from './ask.ts';
import type { Attack, Section } from './attack.ts';
import { changed, freshAddress, sendEvent, isTaken, type Connected, type Victim } from './stage.ts';

const body = 'object=%7B%22id%22%3A1%7D';
const type = 'Content-Type: application/x-www-form-urlencoded';

/** Requests that two servers in a row could read differently. `more` stands between the first line and the body. */
function buildShapes(path: string): Readonly<Record<string, string>> {
  const post = (headers: string, sent = body): string =>
    `POST ${path} HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n${sent}`;
  const hidden = `POST ${path} HTTP/1.1\r\nHost: x\r\n${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const length = `Content-Length: ${body.length}`;
  return {
    'Content-Length and Transfer-Encoding': post(
      `${type}\r\n${length}\r\nTransfer-Encoding: chunked`,
      `0\r\n\r\n${hidden}`,
    ),
    'Transfer-Encoding and Content-Length': post(
      `${type}\r\nTransfer-Encoding: chunked\r\n${length}`,
      `0\r\n\r\n${hidden}`,
    ),
    'two Content-Lengths': post(`${type}\r\n${length}\r\nContent-Length: 0`),
    'two Content-Lengths in one line': post(`${type}\r\nContent-Length: ${body.length}, 0`),
    'a Content-Length with a sign': post(`${type}\r\nContent-Length: +${body.length}`),
    'a Content-Length below zero': post(`${type}\r\nContent-Length: -1`),
    'a hexadecimal Content-Length': post(`${type}\r\nContent-Length: 0x19`),
    'Transfer-Encoding: xchunked': post(`${type}\r\nTransfer-Encoding: xchunked`, `0\r\n\r\n${hidden}`),
    'Transfer-Encoding: chunked, identity': post(
      `${type}\r\nTransfer-Encoding: chunked, identity`,
      `0\r\n\r\n${hidden}`,
    ),
    'a blank before the colon': post(`${type}\r\nContent-Length : ${body.length}`),
    'a folded header': post(`${type}\r\n${length}\r\nX: a\r\n Transfer-Encoding: chunked`),
    'lines that end in LF alone': post(`${type}\r\n${length}`).replaceAll('\r\n', '\n'),
    'lines that end in CR alone': post(`${type}\r\n${length}`).replaceAll('\r\n', '\r'),
    'NUL in a header': post(`${type}\r\n${length}\r\nX: a\0b`),
    'a chunk of 2^64 bytes': post(`${type}\r\nTransfer-Encoding: chunked`, `10000000000000000\r\n${body}\r\n0\r\n\r\n`),
    'a chunk of "1g" bytes': post(`${type}\r\nTransfer-Encoding: chunked`, `1g\r\n${body}\r\n0\r\n\r\n`),
    'a chunk below zero': post(`${type}\r\nTransfer-Encoding: chunked`, `-1\r\n${body}\r\n0\r\n\r\n`),
    'a header of 100 kB': post(`${type}\r\n${length}\r\nX: ${'y'.repeat(100_000)}`),
    '5,000 headers': post(`${type}\r\n${length}\r\n${'X: y\r\n'.repeat(5000)}Z: z`),
    'an address of 100 kB': `POST ${path}?${'x'.repeat(100_000)} HTTP/1.1\r\nHost: x\r\n${length}\r\n\r\n${body}`,
    'two Hosts': `POST ${path} HTTP/1.1\r\nHost: x\r\nHost: y\r\n${type}\r\n${length}\r\n\r\n${body}`,
    'HTTP/9.9': `POST ${path} HTTP/9.9\r\nHost: x\r\n${type}\r\n${length}\r\n\r\n${body}`,
    CONNECT: 'CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n',
    TRACE: `TRACE ${path} HTTP/1.1\r\nHost: x\r\nX-Secret: seen\r\n\r\n`,
    'the preface of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'bytes of TLS': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    'another origin in the first line': 'GET http://evil.example/health/ready HTTP/1.1\r\nHost: evil.example\r\n\r\n',
  };
}

/** What is no clean request must not be taken, nor more than one request be found in it. */
export const shapes: Section = {
  name: 'shapes',
  async attacks(stage) {
    const [victim, microbizz] = [await stage.victim(), await stage.microbizz()];
    const owner = await victim.connect(microbizz, '2391', freshAddress());
    const path = new URL(owner.url(changed)).pathname;
    const tricks = Object.entries(buildShapes(path)).map(([name, bytes], at): Attack => ({
      name,
      ...(at < 4 && { short: true as const }),
      ...(name === 'two Hosts' && { byDesign: 'Node takes the first; nothing here depends on either' }),
      async run() {
        const { text } = await sendRaw(victim.url, Buffer.from(bytes, 'latin1'), 700, freshAddress());
        const taken = text.split('"status":true').length - 1;
        if (taken > 0) return `${taken} requests were taken`;
        if (text.includes('X-Secret')) return 'the request comes back';
        if (/^HTTP\/1\.1 5/.test(text) && !text.includes(' 501 ') && !text.includes(' 505 ')) return text.slice(0, 60);
        return victim.alive() ? undefined : 'the server has ended';
      },
    }));
    return [...tricks, ...clean(victim, owner, path), ...slow(victim, owner, path)];
  },
};

function clean(victim: Victim, owner: Connected, path: string): Attack[] {
  const request = (id: number): string => {
    const form = `object=${encodeURIComponent(JSON.stringify({ id }))}`;
    return `POST ${path} HTTP/1.1\r\nHost: x\r\n${type}\r\nContent-Length: ${form.length}\r\n\r\n${form}`;
  };
  return [
    {
      name: '100 requests in one go get one answer each',
      async run() {
        const bytes = Array.from({ length: 100 }, (_, at) => request(at + 1)).join('');
        const { text } = await sendRaw(victim.url, bytes, 3000, freshAddress());
        const answers = text.split('HTTP/1.1 200').length - 1;
        return answers === 100 ? undefined : `${answers} answers`;
      },
    },
    {
      name: 'trailers become headers or fields',
      async run() {
        const bytes = `POST ${path} HTTP/1.1\r\nHost: x\r\n${type}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nobject: {"id":1}\r\nContent-Length: 25\r\n\r\n`;
        const { text } = await sendRaw(victim.url, bytes, 700, freshAddress());
        return text.includes('"status":true') ? 'taken' : undefined;
      },
    },
    {
      name: 'h2c is agreed to',
      async run() {
        const upgrade = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__';
        const bytes = `GET /health/live HTTP/1.1\r\nHost: x\r\n${upgrade}\r\n\r\n`;
        const { text } = await sendRaw(victim.url, bytes, 700, freshAddress());
        return text.startsWith('HTTP/1.1 101') ? 'HTTP 101' : undefined;
      },
    },
  ];
}

/** Senders that begin and do not end: all at once, since each takes as long as the server's patience. */
function slow(victim: Victim, owner: Connected, path: string): Attack[] {
  const started = `POST ${path} HTTP/1.1\r\nHost: x\r\n${type}\r\nContent-Length: 1000000\r\n`;
  const cases: Readonly<Record<string, string>> = {
    'headers without an end': started,
    'a body without an end': `${started}\r\nobject=`,
    'a chunk without an end': `POST ${path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\nobject=`,
    'a connection that says nothing': '',
  };
  const from = freshAddress();
  let all: Promise<readonly { readonly closed: boolean }[]> | undefined;
  const run = (): Promise<readonly { readonly closed: boolean }[]> =>
    (all ??= Promise.all(
      Object.values(cases).flatMap((bytes) =>
        Array.from({ length: 50 }, () => sendRaw(victim.url, bytes, 100_000, from)),
      ),
    ));
  return [
    {
      name: '200 senders that begin and do not end keep others out',
      async run() {
        void run();
        const answer = await sendEvent(owner.url(changed), { id: 77 });
        return isTaken(answer) ? undefined : `HTTP ${answer.status}`;
      },
    },
    ...Object.keys(cases).map((name, at): Attack => ({
      name: `${name}: still open after 100 s`,
      async run() {
        const open = (await run()).slice(at * 50, at * 50 + 50).filter(({ closed }) => !closed).length;
        return open === 0 ? undefined : `${open} of 50`;
      },
    })),
  ];
}
