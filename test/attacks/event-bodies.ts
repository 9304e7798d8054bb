import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';

export interface Body {
  readonly name: string;
  readonly type: string;
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

const [form, json, multipart] = [
  'application/x-www-form-urlencoded',
  'application/json',
  'multipart/form-data; boundary=x',
];
const text = (name: string, body: string | Uint8Array, type = form): Body => ({ name, type, body });
const object = (name: string, value: string): Body => text(name, `object=${encodeURIComponent(value)}`);
const bomb = Buffer.alloc(50_000_000);
const zipped = (name: string, body: Uint8Array): Body => ({
  ...text(`a ${name} bomb of 50 MB`, body),
  headers: { 'content-encoding': name },
});

function parts(...given: readonly (readonly [header: string, body: string | Uint8Array])[]): Buffer {
  const pieces = given.flatMap(([header, body]) => [`--x\r\n${header}\r\n\r\n`, body, '\r\n']);
  return Buffer.concat([...pieces, '--x--\r\n'].map((piece) => Buffer.from(piece as string)));
}
const field = (name: string): string => `Content-Disposition: form-data; name="${name}"`;
const good = [field('object'), '{"id":1}'] as const;

const formBodies: readonly Body[] = [
  text('__proto__[polluted] in a form', '__proto__[polluted]=yes&object={"id":1}'),
  text('constructor[prototype][polluted] in a form', 'constructor[prototype][polluted]=yes&object={"id":1}'),
  text('object[__proto__][polluted] in a form', 'object[__proto__][polluted]=yes&object[id]=1'),
  text('a[__proto__]=, a[constructor]=', 'a[__proto__]=1&a[constructor]=2&a[toString]=3&object={"id":1}'),
  text('140,000 fields', `object={"id":1}&${Array.from({ length: 140_000 }, (_, at) => `f${at}=`).join('&')}`),
  text('one name 140,000 times', 'object={}&'.repeat(100_000)),
  text('brackets 100,000 deep', `a${'[b]'.repeat(100_000)}=1&object={"id":1}`),
  text('100,000 opening brackets', `a${'['.repeat(100_000)}=1&object={"id":1}`),
  text('list indices of 9 digits', 'object[999999999]=1&object[id]=2'),
  text('1 MB of "%"', '%'.repeat(1_000_000)),
  text('1 MB of "&"', '&'.repeat(1_000_000)),
  text('1 MB of "="', '='.repeat(1_000_000)),
  text('1 MB of "+"', `object=${'+'.repeat(1_000_000)}`),
  text('bad escapes', 'object=%zz%u0041%&%=1'),
  text('NUL in name and value', 'obj%00ect={}&object={"id":"1%00"}'),
  text('bytes that are no UTF-8', Buffer.from('object={"id":1,"text":"\xff\xfe\xc0\xaf"}', 'latin1')),
  text('UTF-16 with its mark', Buffer.from('\ufeffobject={"id":1}', 'utf16le')),
  text('nothing', ''),
  text('one byte', '\0'),
  text('5 MB', `object=${'x'.repeat(5_000_000)}`),
];

const objects: readonly Body[] = [
  object('an object with __proto__', '{"id":1,"__proto__":{"polluted":"yes"}}'),
  object('an object with constructor.prototype', '{"id":1,"constructor":{"prototype":{"polluted":"yes"}}}'),
  object('lists 500,000 deep', '['.repeat(500_000)),
  object('closed lists 100,000 deep', `{"id":1,"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
  object('sets 60,000 deep', `{"id":1,"a":${'{"a":'.repeat(60_000)}1${'}'.repeat(60_000)}}`),
  object('lone surrogates', String.raw`{"id":1,"text":"\ud800 \udfff \ud800\ud800"}`),
  object('NUL by escape', String.raw`{"id":"1\u0000","te\u0000xt":"\u0000"}`),
  object('null', 'null'),
  object('a number', '7'),
  object('a list', '[1]'),
  object('a text', '"x"'),
  object('an id that is a set', '{"id":{"$gt":""}}'),
  object('an id of 1e309', '{"id":1e309}'),
  object('an id of 100,000 digits', `{"id":${'9'.repeat(100_000)}}`),
  object('an id below zero', '{"id":-1}'),
  object('two ids', '{"id":1,"id":2}'),
  object('half a JSON text', '{"id":1,'),
  object('JSON with remarks', '{"id":1/**/}'),
];

const jsonBodies: readonly Body[] = [
  text('__proto__ in JSON', '{"__proto__":{"polluted":"yes"},"object":{"id":1}}', json),
  text('JSON 500,000 deep', '['.repeat(500_000), json),
  text('JSON 400,000 sets deep', '{"a":'.repeat(150_000), json),
  text('JSON that says UTF-7', '{"object":{"id":1}}', `${json}; charset=utf-7`),
  text('a form that says JSON', 'object={"id":1}', json),
  text('JSON that says XML', '{"object":{"id":1}}', 'text/xml'),
  text('a type of 10,000 characters', 'object={"id":1}', `a/${'b'.repeat(10_000)}`),
];

const multiparts: readonly Body[] = [
  text('__proto__[polluted] in multipart', parts([field('__proto__[polluted]'), 'yes'], good), multipart),
  text('no boundary', parts(good), 'multipart/form-data'),
  text('a boundary of 5,000 characters', parts(good), `multipart/form-data; boundary=${'x'.repeat(5000)}`),
  text('no end', '--x\r\nContent-Disposition: form-data; name="object"\r\n\r\n{"id":1}', multipart),
  text('10,000 parts', parts(...Array.from({ length: 10_000 }, (_, at) => [field(`f${at}`), ''] as const)), multipart),
  text('1 MB of boundaries', '--x\r\n'.repeat(200_000), multipart),
  text('a part header of 500 kB', parts([`${field('object')}\r\nX: ${'y'.repeat(500_000)}`, '{}']), multipart),
  text('a file called ../../etc/passwd', parts([`${field('a')}; filename="../../etc/passwd"`, 'x'], good), multipart),
  text('multipart in multipart', parts(['Content-Type: multipart/mixed; boundary=y', '--y--'], good), multipart),
  text('a name with a line break', parts(['Content-Disposition: form-data; name="a%0d%0ab"', ''], good), multipart),
];

export const bodies: readonly Body[] = [
  ...formBodies,
  ...objects,
  ...jsonBodies,
  ...multiparts,
  zipped('gzip', gzipSync(bomb)),
  zipped('deflate', deflateSync(bomb)),
  zipped('br', brotliCompressSync(Buffer.alloc(1_000_000))),
];
