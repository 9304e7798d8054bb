import fc from 'fast-check';

/** A POST as somebody might send it, by mistake or on purpose. */
export interface Post {
  readonly type: string | undefined;
  readonly body: Buffer;
}

const urlencoded = 'application/x-www-form-urlencoded';

/** Any UTF-16: NUL, control characters, lone surrogates. */
const text = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  {
    weight: 1,
    arbitrary: fc.string({
      unit: fc.constantFrom('\ud800', '\udfff', '\0', '\ufeff', 'ø', '"', '\\', '\r\n', '%', '+', '&', '=', ';'),
    }),
  },
);
const name = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'object',
      'object',
      'message',
      'thread',
      'object[id]',
      'message[id]',
      'object[]',
      'message[a][b]',
      'object[',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', '__proto__[id]', 'length', ''),
  },
  { weight: 1, arbitrary: text },
);

function nest(depth: number, open: string, inside: string, close: string): string {
  return open.repeat(depth) + inside + close.repeat(depth);
}
/** Mostly shallow; at most as deep as a body of 1 MiB can be. */
const depth = fc.oneof({ weight: 9, arbitrary: fc.nat(200) }, { weight: 1, arbitrary: fc.nat(150_000) });
const deep = fc.oneof(
  depth.map((levels) => nest(levels, '[', '1', ']')),
  depth.map((levels) => nest(levels, '{"a":', '1', '}')),
  depth.map((levels) => `{"id":7,"deep":${nest(levels, '[', '', ']')}}`),
);
/** JSON numbers that no double holds, ids of every type, names of JavaScript's own. */
const id = fc.oneof(
  fc.json({ maxDepth: 2 }),
  fc.constantFrom('1', '"1"', '1e999', '-0', '1.5', '"\\ud800"', '" 7 "', '""', 'null', '[]', `"${'9'.repeat(400)}"`),
);
const object = fc
  .tuple(id, fc.constantFrom('id', '__proto__', 'userid', 'usercode', 'constructor'), text, fc.json({ maxDepth: 3 }))
  .map(([value, member, key, more]) => `{"id":${value},"${member}":${value},${JSON.stringify(key)}:${more}}`);
const json = fc.oneof(
  { weight: 5, arbitrary: object },
  { weight: 3, arbitrary: fc.json() },
  { weight: 1, arbitrary: deep },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      ' ',
      'NaN',
      '{',
      '{"id":1}x',
      '\ufeff{"id":1}',
      "{'id':1}",
      '{"id":1,}',
      'nul',
      '"\ud800"',
    ),
  },
);
const value = fc.oneof({ weight: 3, arbitrary: json }, { weight: 1, arbitrary: text });
const fields = fc.array(fc.tuple(name, value), { maxLength: 6 });

const form = fields.map((pairs) => Buffer.from(new URLSearchParams(pairs).toString()));
/** Not encoded at all, and so full of stray signs. */
const rawForm = fields.map((pairs) => Buffer.from(pairs.map((pair) => pair.join('=')).join('&'), 'latin1'));
const manyFields = fc
  .integer({ min: 990, max: 1100 })
  .map((count) => Buffer.from(`object={"id":1}&${Array.from({ length: count }, (_, at) => `f${at}=${at}`).join('&')}`));
const utf16 = fields.map((pairs) => Buffer.from(pairs.map((pair) => pair.join('=')).join('&'), 'utf16le'));

const newLine = fc.constantFrom('\r\n', '\r\n', '\r\n', '\n', '\r', '');
const disposition = fc.oneof(
  { weight: 6, arbitrary: name.map((each) => `Content-Disposition: form-data; name="${each}"`) },
  { weight: 1, arbitrary: name.map((each) => `content-disposition: form-data; filename="a"; name=${each}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      'Content-Type: text/plain',
      'Content-Disposition: form-data',
      'Content-Disposition: form-data; name="a\\',
      'x',
    ),
  },
);
const partType = fc.constantFrom(
  '',
  '',
  '\r\nContent-Type: text/plain; charset=utf-16le',
  '\r\nContent-Type: application/json; charset="',
  '\r\nContent-Transfer-Encoding: base64',
);
const part = fc
  .tuple(disposition, partType, newLine, value)
  .map(([head, type, line, content]) => `${head}${type}${line}${line}${content}`);
const boundary = fc.constantFrom('b', '----x', "'()+_,-./:=?", 'a'.repeat(70), '-');
const multipart = fc
  .tuple(boundary, fc.array(part, { maxLength: 5 }), newLine, fc.constantFrom('--', '--\r\n', '', '-', '\r\n'))
  .map(([mark, parts, line, end]): Post => ({
    type: `multipart/form-data; boundary="${mark}"`,
    body: Buffer.from(`${parts.map((each) => `--${mark}${line}${each}\r\n`).join('')}--${mark}${end}`),
  }));

const member = fc.tuple(
  name,
  fc.oneof(
    json,
    value.map((each) => JSON.stringify(each)),
  ),
);
const jsonBody = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .array(member, { maxLength: 5 })
      .map((pairs) => `{${pairs.map(([key, each]) => `${JSON.stringify(key)}:${each}`).join(',')}}`),
  },
  { weight: 1, arbitrary: json },
);

const bytes = fc.uint8Array({ maxLength: 300 }).map((each) => Buffer.from(each));
/** The limit is 1,048,576 bytes. */
const size = fc.integer({ min: 1_048_570, max: 1_048_582 });
const unit = fc.constantFrom('%', '[', '{"a":', '"', '\\"', '\\', '&', '=', '&=', '\r\n', 'a', '\xff', '\xc3');
const huge = fc
  .tuple(size, fc.constantFrom('object=', 'message=', 'message="', ''), unit)
  .map(([length, start, repeated]) =>
    Buffer.from(`${start}${repeated.repeat(length / repeated.length + 1)}`, 'latin1').subarray(0, length),
  );

const charset = fc.constantFrom(
  '',
  '',
  '',
  '; charset=utf-8',
  '; charset="UTF-8"',
  '; charset=iso-8859-1',
  '; charset=utf-16le',
  '; charset=utf-16be',
  '; charset=klingon',
  '; charset=',
  '; charset="',
  ';;;',
  '; charset=shift_jis',
  '; boundary=b',
);
/** Types that are wrong for what is in the body, or no types. Only characters that an HTTP parser lets through. */
const wrongType = fc.oneof(
  fc.constantFrom(
    undefined,
    '',
    'text/plain',
    'multipart/form-data',
    'multipart/form-data; boundary=',
    'multipart/mixed; boundary=b',
    'application/json',
    urlencoded,
    'application/jsonp',
    'APPLICATION/JSON',
    'application',
    '/',
    ';',
    'image/png',
    'text/plain, application/json',
  ),
  fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)), maxLength: 30 }),
);

const typed = (type: string, body: fc.Arbitrary<Buffer | string>): fc.Arbitrary<Post> =>
  fc.tuple(body, charset).map(([content, more]) => ({ type: `${type}${more}`, body: Buffer.from(content) }));

const whole = fc.oneof(
  { weight: 8, arbitrary: typed(urlencoded, form) },
  { weight: 4, arbitrary: typed(urlencoded, rawForm) },
  { weight: 1, arbitrary: typed(urlencoded, utf16) },
  { weight: 1, arbitrary: typed(urlencoded, manyFields) },
  { weight: 8, arbitrary: multipart },
  { weight: 8, arbitrary: typed('application/json', jsonBody) },
  {
    weight: 4,
    arbitrary: fc.record({
      type: wrongType,
      body: fc.oneof(
        bytes,
        form,
        jsonBody.map((each) => Buffer.from(each)),
      ),
    }),
  },
);

type Damage = (body: Buffer) => Buffer;
const damage: fc.Arbitrary<Damage> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Damage>((body) => body) },
  {
    weight: 1,
    arbitrary: fc.double({ min: 0, max: 1, noNaN: true }).map(
      (share): Damage =>
        (body) =>
          body.subarray(0, Math.floor(body.length * share)),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.nat(), fc.nat(255)).map(([at, byte]): Damage => (body) => {
      const copy = Buffer.from(body);
      if (copy.length > 0) copy[at % copy.length] = byte;
      return copy;
    }),
  },
  { weight: 1, arbitrary: fc.constant<Damage>((body) => (body.length < 500_000 ? Buffer.concat([body, body]) : body)) },
);

export const post: fc.Arbitrary<Post> = fc.oneof(
  { weight: 60, arbitrary: fc.tuple(whole, damage).map(([{ type, body }, change]) => ({ type, body: change(body) })) },
  { weight: 1, arbitrary: typed(urlencoded, huge) },
);
