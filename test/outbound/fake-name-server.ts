import { createSocket } from 'node:dgram';
import { onTestFinished } from 'vitest';

export interface FakeNameServer {
  /** As `Resolver.setServers` takes it. */
  readonly address: string;
  /** Questions so far, by kind. */
  readonly asked: { A: number; AAAA: number };
}

/** IPv4 and IPv6 addresses of every name; a code of refusal (3: no such name); or nothing at all. */
export interface Answers {
  readonly A: readonly string[] | number | 'silent';
  readonly AAAA: readonly string[] | number | 'silent';
}

/** A DNS on loopback that answers as the test wants. */
export async function startNameServer(answers: Answers): Promise<FakeNameServer> {
  const socket = createSocket('udp4');
  const asked = { A: 0, AAAA: 0 };
  socket.on('message', (query, { port, address }) => {
    let end = 12;
    while (query[end] !== 0) end += (query[end] ?? 0) + 1;
    const kind = query.readUInt16BE(end + 1) === 28 ? 'AAAA' : 'A';
    asked[kind] += 1;
    const answer = answers[kind];
    if (answer !== 'silent') socket.send(reply(query.subarray(0, end + 5), kind, answer), port, address);
  });
  await new Promise<void>((resolve) => {
    socket.bind(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => void socket.close());
  return { address: `127.0.0.1:${socket.address().port}`, asked };
}

function reply(question: Buffer, kind: 'A' | 'AAAA', answer: readonly string[] | number): Buffer {
  const addresses = typeof answer === 'number' ? [] : answer;
  const head = Buffer.from(question);
  head.writeUInt16BE(0x8180 + (typeof answer === 'number' ? answer : 0), 2);
  head.writeUInt16BE(addresses.length, 6);
  head.writeUInt32BE(0, 8);
  const records = addresses.map((address) => {
    const data = kind === 'A' ? address.split('.').map(Number) : writeIPv6(address);
    // The name of the question, its kind, the internet, one second.
    return Buffer.from([0xc0, 12, 0, kind === 'A' ? 1 : 28, 0, 1, 0, 0, 0, 1, 0, data.length, ...data]);
  });
  return Buffer.concat([head, ...records]);
}

/** `2606::1`: one `::`, which this test's addresses all have. */
function writeIPv6(address: string): number[] {
  const [before = '', after = ''] = address.split('::');
  const groups = (text: string): number[] => (text === '' ? [] : text.split(':').map((group) => parseInt(group, 16)));
  const left = groups(before);
  const right = groups(after);
  const all = [...left, ...Array.from({ length: 8 - left.length - right.length }, () => 0), ...right];
  return all.flatMap((group) => [group >> 8, group & 255]);
}
