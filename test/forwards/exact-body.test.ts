import fc from 'fast-check';
import { expect, test } from 'vitest';
import { connect, hookUrl, startServer, startTestSandbox } from '../support/start-server.ts';
import { until } from '../support/until.ts';
import { startReceiver } from './start-receiver.ts';

/** `npm run exact` takes 10,000. */
const objects = Number(process.env['EXACT_OBJECTS'] ?? 500);
const atOnce = 20;

const digits = (most: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: most }).map((list) => list.join(''));
const number = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.oneof(
      fc.constant('0'),
      fc.tuple(fc.constantFrom('1', '2', '9'), digits(25)).map((parts) => parts.join('')),
    ),
    fc.oneof(
      fc.constant(''),
      digits(30).map((part) => `.${part}`),
    ),
    fc.oneof(
      { weight: 3, arbitrary: fc.constant('') },
      digits(4).map((part) => `e${part}`),
      fc.constantFrom('E+2', 'e-7'),
    ),
  )
  .map((parts) => parts.join(''));
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }).map((value) => JSON.stringify(value)),
  fc.constantFrom(
    '"\\u00e6\\/\\ud83d\\ude00"',
    '"\\ud800"',
    '"1.10"',
    '"007"',
    '"\u202e,=1+1"',
    '"{\\"id\\":7}"',
    '"æøå 😀"',
  ),
);
const space = fc.constantFrom('', '', '', ' ', '\n', '\t  ', '\r\n');

/** JSON text of every kind, as some sender may write it: also with white space, escapes and names that come twice. */
const { value } = fc.letrec<{ value: string; list: string; set: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    number,
    text,
    fc.constantFrom('true', 'false', 'null'),
    tie('list'),
    tie('set'),
  ),
  list: fc
    .tuple(space, fc.array(tie('value'), { maxLength: 4 }))
    .map(([gap, items]) => `[${gap}${items.join(`,${gap}`)}]`),
  set: fc
    .tuple(space, fc.array(fc.tuple(text, tie('value')), { maxLength: 4 }))
    .map(([gap, members]) => `{${members.map(([name, inner]) => `${gap}${name}${gap}:${inner}`).join(',')}${gap}}`),
}));

test(`of ${objects} generated objects, each is forwarded byte for byte as it came, and the one before it too`, async () => {
  const sandbox = await startTestSandbox();
  const receiver = await startReceiver();
  const settings = { FORWARD_PRIVATE_HOSTS: receiver.host };
  const server = await startServer({ solution: sandbox.url, settings });
  const url = hookUrl(await connect(server, sandbox), 'invoice/event_invoice_line_change');
  await server.services.forwards.add({ tenantId: 1, url: receiver.url });
  const contents = fc.sample(fc.tuple(space, value), objects);
  const sent = new Map(contents.map(([gap, inner], id) => [id, `${gap}{"id":${gap}${id},"v":${inner}}${gap}`]));

  async function post(id: number, object: string): Promise<void> {
    const answer = await fetch(url, { method: 'POST', body: new URLSearchParams({ object }) });
    expect(await answer.json(), object).toEqual({ status: true, error: '' });
    sent.set(id, object);
  }
  const waiting = [...sent];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await post(...next);
    }),
  );
  await until(() => receiver.received.length >= objects, 'every event was forwarded');
  const arrived = new Map(receiver.received.map(({ body, object }) => [object.id, body]));
  expect(arrived.size).toBe(objects);
  for (const [id, object] of sent) {
    const body = arrived.get(id) ?? '';
    expect(body.slice(body.indexOf('"object":') + 9, -2)).toBe(object);
  }
  // Told otherwise, the first content is the one before.
  const first = sent.get(0) ?? '';
  await post(0, '{"id":0}');
  await until(() => receiver.received.length > objects, 'the second event of the first object');
  expect(receiver.received.at(-1)?.body).toContain(`"object":{"id":0},"previous":${first}}`);
  const size = [...sent.values()].join('').length;
  process.stdout.write(`${objects} objects, ${size} characters: forwarded byte for byte\n`);
}, 600_000);
