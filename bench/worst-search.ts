import fc from 'fast-check';
import { describeEvent } from '../src/server/history/describe-event.ts';
import { buildBody } from '../src/server/forwards/build-message.ts';
import { readEvent } from '../src/server/events/read-event.ts';
import { compareEvents, readContent, writeContent } from '../src/server/history/show-event.ts';
import { sortEvent } from '../src/server/inbox/sort-event.ts';

/**
 * `node bench/worst-search.ts 300 16384`: bodies of so many bytes are generated in rounds, the slowest of each are mixed with new ones, and
 * each job that the thread which answers does for an event is timed. 16,384 bytes is the largest that it works on by itself.
 */
const [rounds = 100, bytes = 16_384] = process.argv.slice(2).map(Number);

/** Up to a third of a body. */
function repeat(text: string, times: number): string {
  return text.repeat(Math.max(1, Math.min(times, Math.floor(bytes / 3 / Buffer.byteLength(text)))));
}

/** What a body is made of: pieces of JSON text that are repeated until it is full, between an opening and a closing. */
const word = fc.oneof(
  fc.constantFrom(
    'a',
    'å',
    '\u0301',
    '\u0316',
    '\ud83d\ude00',
    '\u00e5 ',
    '0e5',
    '\\u00e5',
    '\\/',
    '\\"',
    '&amp;',
    '%5B',
    '+',
    '\u200d',
  ),
  fc.string({ unit: 'binary', maxLength: 4 }).map((text) => JSON.stringify(text).slice(1, -1)),
  fc.integer({ min: 0, max: 9 }).map(String),
);
const value: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '0',
    '-0',
    '1e5',
    '1.50',
    '1'.repeat(17),
    `0.${'0'.repeat(20)}1`,
    '1E-7',
    'null',
    'true',
    '""',
    '[]',
    '{}',
    '[[]]',
    '[{}]',
  ),
  fc
    .tuple(fc.array(word, { minLength: 1, maxLength: 3 }), fc.constantFrom(1, 2, 100, 1e9))
    .map(([parts, times]) => `"${repeat(parts.join(''), times)}"`),
);
const name = fc.oneof(
  fc.constant('n#'),
  fc.constant('#'),
  fc.constant('same'),
  word.map((text) => `${text}#`),
);
const shape = fc.record({
  name,
  values: fc.array(value, { minLength: 1, maxLength: 3 }),
  depth: fc.constantFrom(0, 0, 1, 2, 10, 48, 60, 490),
  at: fc.constantFrom('leaf', 'each level', 'list'),
  form: fc.constantFrom('urlencoded', 'multipart', 'brackets', 'bracket lists', 'deep brackets', 'json'),
});
type Shape = typeof shape extends fc.Arbitrary<infer T> ? T : never;

function members({ name, values, at }: Shape, room: number, turn: number): string {
  const parts: string[] = [];
  let length = 0;
  for (let count = 0; length < room; count += 1) {
    const one =
      at === 'list'
        ? (values[count % values.length] ?? '0')
        : `"${name.replaceAll('#', String(count))}":${(count + turn) % 2 === 0 ? (values[count % values.length] ?? '0') : '1'}`;
    parts.push(one);
    length += Buffer.byteLength(one) + 1;
  }
  // The last one may be too long.
  if (length > room) parts.pop();
  return parts.join(',');
}

function objectOf(shape: Shape, room: number, turn: number): string {
  const { depth, at } = shape;
  if (at === 'list')
    return `{"id":7,"turn":${turn},"x":${'['.repeat(depth + 1)}${members(shape, room, turn)}${']'.repeat(depth + 1)}}`;
  if (at === 'leaf')
    return `{"id":7,"turn":${turn},"x":${'{"a":'.repeat(depth)}{${members(shape, room, turn)}}${'}'.repeat(depth)}}`;
  const level = members(shape, room / (depth + 1), turn);
  return `{"id":7,"turn":${turn},${level}${`,"a":{${level}`.repeat(depth)}${'}'.repeat(depth)}}`;
}

interface Body {
  readonly contentType: string;
  readonly body: Buffer;
  readonly object: string;
}

function bodyOf(shape: Shape, turn: number): Body {
  const { form, name, values, depth } = shape;
  const urlencoded = (parts: (at: number) => string): Buffer => {
    const all: string[] = ['object%5Bid%5D=7'];
    for (let length = 0, at = 0; length < bytes; at += 1) length += (all[all.push(parts(at)) - 1] ?? '').length + 1;
    return Buffer.from(all.join('&').slice(0, bytes));
  };
  const object = objectOf(shape, bytes - 2000 - 10 * depth, turn);
  const short = (at: number): string =>
    encodeURIComponent(name.replaceAll('#', String(at)).toWellFormed()).slice(0, 20);
  const text = encodeURIComponent((values[0] ?? '').slice(0, 3).toWellFormed());
  switch (form) {
    case 'urlencoded':
      return {
        contentType: 'application/x-www-form-urlencoded',
        body: Buffer.from(`object=${encodeURIComponent(object.toWellFormed())}`.slice(0, bytes)),
        object,
      };
    case 'brackets':
      return {
        contentType: 'application/x-www-form-urlencoded',
        body: urlencoded((at) => `object[${short(at)}]=${text}`),
        object,
      };
    case 'bracket lists':
      return {
        contentType: 'application/x-www-form-urlencoded',
        body: urlencoded(() => `object[x][]=${text}`),
        object,
      };
    case 'deep brackets':
      return {
        contentType: 'application/x-www-form-urlencoded',
        body: urlencoded((at) => `object${'[a]'.repeat(Math.min(depth, 60))}[${short(at)}]=`),
        object,
      };
    case 'json':
      return { contentType: 'application/json', body: Buffer.from(JSON.stringify({ object })), object };
    case 'multipart':
      return {
        contentType: 'multipart/form-data; boundary=b',
        body: Buffer.from(`--b\r\nContent-Disposition: form-data; name="object"\r\n\r\n${object}\r\n--b--\r\n`),
        object,
      };
  }
}

const hook = { modcode: 'invoice', hook: 'event_invoice_line_change' };
const about = {
  ...hook,
  id: 2,
  tenantId: 1,
  receivedAt: 0,
  gap: false,
  objectId: '7',
  previousId: 1,
  duplicate: false,
};

const jobs: Record<string, (now: Body, then: Body) => unknown> = {
  'read a body': ({ contentType, body }) => readEvent(hook, contentType, body),
  'sort an event': ({ object }) => sortEvent({ ...about, fields: JSON.stringify({ object }) }),
  'describe a change': ({ object }, then) =>
    describeEvent({
      ...about,
      fields: JSON.stringify({ object }),
      previous: JSON.stringify({ object: then.object }),
    }),
  'compare two events': ({ object }, then) =>
    compareEvents(hook, JSON.stringify({ object }), JSON.stringify({ object: then.object })),
  'show an object': ({ object }) => readContent(hook, JSON.stringify({ object })),
  'export an object': ({ object }) => writeContent(hook, JSON.stringify({ object })),
  'body of a forward': ({ object }, then) =>
    buildBody({ ...about, fields: { object } }, { object: then.object }, { contract: '1', host: 'a.microbizz.dk' }),
};

/** The faster of two runs, in ms of this thread: the first one may compile, the second one may collect garbage. */
function time(job: () => unknown): number {
  const [first, second] = [0, 0].map(() => {
    const before = process.cpuUsage();
    job();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(first ?? 0, second ?? 0);
}

interface Found {
  readonly shape: Shape;
  readonly ms: number;
}

const worst = new Map<string, Found[]>(Object.keys(jobs).map((job) => [job, []]));
const mixed = (): Shape => {
  const [base] = fc.sample(shape, 1);
  const known = [...worst.values()].flat();
  const kept = known[Math.floor(Math.random() * known.length)]?.shape;
  if (base === undefined) throw new Error('fast-check made nothing.');
  if (kept === undefined || Math.random() < 0.5) return base;
  const own = Object.keys(base) as (keyof Shape)[];
  return Object.fromEntries(own.map((key) => [key, Math.random() < 0.7 ? kept[key] : base[key]])) as unknown as Shape;
};

for (let round = 0; round < rounds; round += 1)
  for (let number = 0; number < 10; number += 1) {
    const shape = mixed();
    const [now, then] = [bodyOf(shape, 1), bodyOf(shape, 2)];
    for (const [job, run] of Object.entries(jobs)) {
      const found = worst.get(job) ?? [];
      found.push({ shape, ms: time(() => run(now, then)) });
      worst.set(job, found.sort((a, b) => b.ms - a.ms).slice(0, 3));
    }
  }

process.stdout.write(`${rounds * 10} bodies of ${bytes} bytes, 7 jobs each; CPU of the slowest, in ms\n`);
for (const [job, found] of worst)
  for (const { ms, shape } of found)
    process.stdout.write(
      `${job.padEnd(20)}${ms.toFixed(1).padStart(8)}   ${JSON.stringify({ ...shape, values: shape.values.map((each) => each.slice(0, 12)) })}\n`,
    );
