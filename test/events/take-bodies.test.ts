import { expect, test } from 'vitest';
import { readObject } from '../../src/microbizz/domain/read-object.ts';
import { hookUrl, startStory, type TestServer } from '../support/start-server.ts';
import { postEvent, readStored } from './post-event.ts';

const form = 'application/x-www-form-urlencoded';
const json = 'application/json';
const object = '{"id":1}';
const yes = '{"status":true,"error":""}';

async function start(): Promise<{ server: TestServer; url: string }> {
  const { server, request } = await startStory({ work: false });
  return { server, url: hookUrl(request, 'invoice/event_invoice_line_change') };
}

function multipart(...parts: [headers: string, value: string][]): [string, string] {
  const body = parts.map(([headers, value]) => `--b\r\n${headers}\r\n\r\n${value}\r\n`).join('');
  return [`${body}--b--\r\n`, 'multipart/form-data; boundary=b'];
}
const part = (name: string) => `Content-Disposition: form-data; name="${name}"`;

test.each<[string, string | Uint8Array, string, Record<string, string>]>([
  ['unknown fields', `object=${object}&more=1&Flere+ting=%C3%A6`, form, { object, more: '1', Flere_ting: 'æ' }],
  ['a charset', Buffer.from(`object=${object}&a=\xe6`, 'latin1'), `${form}; charset=iso-8859-1`, { object, a: 'æ' }],
  ['a charset that nobody knows', `object=${object}&a=%C3%A6`, `${form}; charset=klingon`, { object, a: 'æ' }],
  ['a stray percent', `object=${object}&a=100%&b=%zz`, form, { object, a: '100%', b: '%zz' }],
  ['repeated fields, last one wins as in PHP', `object=0&object=${object}`, form, { object }],
  ['empty pieces', `&&object=${object}&=x&flag&`, form, { object, flag: '' }],
  ['an equals sign in a value', `object=${object}&a=b=c`, form, { object, a: 'b=c' }],
  ['brackets', 'object[id]=1&object[a][b]=2', form, { 'object[id]': '1', 'object[a][b]': '2' }],
  ['a type in capitals', `object=${object}`, 'APPLICATION/X-WWW-FORM-URLENCODED', { object }],
  [
    'JSON with an object inside',
    `{"object":{"id":1},"n":2,"s":"x","z":null}`,
    json,
    { object, n: '2', s: 'x', z: 'null' },
  ],
  ['JSON with text inside', JSON.stringify({ object }), `${json}; charset=utf-8`, { object }],
  ['multipart', ...multipart([part('object'), object], [part('æ'), 'ø']), { object, æ: 'ø' }],
  ['an empty multipart value', ...multipart([part('object'), object], [part('e'), '']), { object, e: '' }],
  [
    'a part with a charset',
    ...multipart([`${part('object')}\r\nContent-Type: text/plain; charset=utf-8`, object]),
    { object },
  ],
  [
    'a quote in a part’s name',
    ...multipart([part('object'), object], [part('a\\"b%22c'), '1']),
    { object, 'a"b"c': '1' },
  ],
  [
    'a value that looks like a boundary',
    ...multipart([part('object'), object], [part('a'), 'x--b-\r\n-b--']),
    { object, a: 'x--b-\r\n-b--' },
  ],
])('takes %s', async (_what, body, type, fields) => {
  const { server, url } = await start();
  const answer = await postEvent(url, body, type);
  expect(answer).toEqual({ status: 200, text: yes, type: 'application/json; charset=utf-8' });
  expect(readStored(server).map((row) => row.fields)).toEqual([fields]);
});

test.each([
  ['urlencoded', `object=${object}&__proto__=a&constructor=b&toString=c&hasOwnProperty=d`, form],
  ['JSON', `{"object":${object},"__proto__":"a","constructor":"b","toString":"c","hasOwnProperty":"d"}`, json],
  [
    'multipart',
    ...multipart(
      [part('object'), object],
      [part('__proto__'), 'a'],
      [part('constructor'), 'b'],
      [part('toString'), 'c'],
      [part('hasOwnProperty'), 'd'],
    ),
  ],
])('names of JavaScript’s own are plain fields: %s', async (_form, body, type) => {
  const { server, url } = await start();
  expect((await postEvent(url, body, type)).text).toBe(yes);
  const fields = readStored(server)[0]?.fields ?? {};
  const names = ['__proto__', 'constructor', 'hasOwnProperty', 'object', 'toString'];
  expect(Object.keys(fields).sort()).toEqual(names);
  expect(names.map((name) => Object.getOwnPropertyDescriptor(fields, name)?.value as unknown)).toEqual([
    'a',
    'b',
    'd',
    object,
    'c',
  ]);
  expect(Object.prototype).not.toHaveProperty('a');
});

test('10,000 fields are taken, one more is not', async () => {
  const { server, url } = await start();
  const many = Array.from({ length: 9999 }, (_, at) => `f${at}`);
  const urlencoded = `object=${object}&${many.map((name) => `${name}=1`).join('&')}`;
  const [parts, type] = multipart([part('object'), object], ...many.map((name): [string, string] => [part(name), '1']));
  const members = JSON.stringify({ object, ...Object.fromEntries(many.map((name) => [name, '1'])) });
  expect((await postEvent(url, urlencoded, form)).text).toBe(yes);
  expect((await postEvent(url, parts, type)).text).toBe(yes);
  expect((await postEvent(url, members, json)).text).toBe(yes);

  const [more] = multipart(
    [part('object'), object],
    ...[...many, 'x'].map((name): [string, string] => [part(name), '1']),
  );
  const refused = '{"status":false,"error":"The body has more than 10000 fields."}';
  expect(await postEvent(url, `${urlencoded}&x=1`, form)).toMatchObject({ status: 200, text: refused });
  expect(await postEvent(url, more, type)).toMatchObject({ status: 200, text: refused });
  expect(await postEvent(url, members.replace('{', '{"x":"1",'), json)).toMatchObject({ status: 200, text: refused });
  expect(readStored(server).map(({ fault }) => fault === undefined)).toEqual([true, true, true, false, false, false]);
});

test('64 brackets in a name are taken, one more is not', async () => {
  const { url } = await start();
  const deep = (count: number): string => `object=${object}&a${'[]'.repeat(count)}=1`;
  expect((await postEvent(url, deep(64), form)).text).toBe(yes);
  const refused = '{"status":false,"error":"A field has more than 64 brackets."}';
  expect(await postEvent(url, deep(65), form)).toMatchObject({ status: 200, text: refused });
});

const mark = '\ufeff';
test.each<[string, string | Uint8Array, string, string]>([
  ['UTF-8, whatever the header says', 'object={"a":"æ"}', `${form}; charset=iso-8859-1`, '{"a":"æ"}'],
  [
    'a text cut in a character',
    Buffer.concat([Buffer.from('object={"a":"ørred og å'), Buffer.from([0xc3, 0x22, 0x7d])]),
    form,
    '{"a":"ørred og å\ufffd"}',
  ],
  [
    'a charset for what is no UTF-8',
    Buffer.from('object={"a":"\xb1"}', 'latin1'),
    `${form}; charset=iso-8859-2`,
    '{"a":"ą"}',
  ],
  ['Windows-1252 for all else', Buffer.from('object={"a":"K\xf8rsel \x80"}', 'latin1'), form, '{"a":"Kørsel €"}'],
  ['a mark before the body', `${mark}object={"a":1}`, form, '{"a":1}'],
  ['a mark before a field', `object=${mark}{"a":1}`, form, '{"a":1}'],
  ['a mark before JSON', `${mark}{"object":{"a":1}}`, json, '{"a":1}'],
  [
    'a mark before multipart',
    `${mark}${multipart([part('object'), `${mark}{"a":1}`])[0]}`,
    'multipart/form-data; boundary=b',
    '{"a":1}',
  ],
  [
    'digits of JSON',
    '{"object":{"a":357012345678901235,"b":1.10,"c":-0,"d":1e999}}',
    json,
    '{"a":357012345678901235,"b":1.10,"c":-0,"d":1e999}',
  ],
])('the text of a field: %s', async (_what, body, type, expected) => {
  const { server, url } = await start();
  expect((await postEvent(url, body, type)).text).toBe(yes);
  expect(readStored(server)[0]?.fields?.['object']).toBe(expected);
});

test('what is nested reaches the object', async () => {
  const { server, url } = await start();
  const lines = Array.from({ length: 100 }, (_, line) =>
    Array.from({ length: 11 }, (_each, at) => `object[lines][${line}][f${at}]=${at}`),
  );
  expect((await postEvent(url, `object[id]=1&${lines.flat().join('&')}`, form)).text).toBe(yes);
  const read = readObject(readStored(server)[0]?.fields ?? {}, 'object');
  expect(read).toMatchObject({ id: '1', lines: { 99: { f10: '10' } } });
  expect(read?.['lines']).toHaveLength(100);
});

// The square of a million is hours: the test's own limit of time is enough, and a busy machine does not fail it.
test('a megabyte of brackets, dashes or headers is answered like anything else', async () => {
  const { url } = await start();
  const million = 1_040_000;
  const deep = `{"object":${'['.repeat(million / 2)}${']'.repeat(million / 2)}}`;
  const hostile: [string, string][] = [
    [deep, json],
    [`object=${'['.repeat(million)}`, form],
    [`object=${'%'.repeat(million)}`, form],
    ['--b\r\n'.repeat(million / 5), 'multipart/form-data; boundary=b'],
    [`--b\r\n${'Content-Disposition: ;name=;'.repeat(million / 28)}`, 'multipart/form-data; boundary=b'],
    [
      `--b\r\nContent-Disposition: form-data; name="${'\\'.repeat(million)}\r\n\r\n\r\n--b--`,
      'multipart/form-data; boundary=b',
    ],
  ];
  for (const [body, type] of hostile) {
    const answer = await postEvent(url, body, type);
    expect(answer.text).toMatch(/^\{"status":false,"error":"[^"]/);
    expect(answer.status).toBe(200);
  }
});
