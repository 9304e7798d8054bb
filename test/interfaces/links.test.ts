import { expect, test } from 'vitest';
import { buildLinks, type LookOptions } from '../../src/server/interfaces/build-look.ts';

function build(seal: LookOptions['seal'] = (kind, name, language) => `${kind}:${name}:${language ?? ''}`) {
  return buildLinks({
    base: '/interfaces/key/user/menu',
    isAction: (name) => name === 'save',
    isPage: (name) => ['', 'row'].includes(name),
    seal,
  });
}

const hostile = '"><script>alert(1)</script>&\'';
const escaped = '&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;&#39;';

test('text, query and attributes are escaped', () => {
  const { link, form, outside } = build();
  expect(link(hostile, 'row', { q: hostile }, { title: hostile, hidden: true, lang: undefined })).toBe(
    '<a href="/interfaces/key/user/menu/row?q=%22%3E%3Cscript%3Ealert%281%29%3C%2Fscript%3E%26%27&amp;pass=page%3Arow%3A"' +
      ` title="${escaped}" hidden>${escaped}</a>`,
  );
  expect(form('', { query: { q: hostile }, attributes: { class: hostile } })).toBe(
    `<form method="get" action="/interfaces/key/user/menu" class="${escaped}">` +
      '<input type="hidden" name="pass" value="page::">' +
      `<input type="hidden" name="q" value="${escaped}">`,
  );
  expect(form('save', { query: { id: 3, none: undefined } })).toBe(
    '<form method="post" action="/interfaces/key/user/menu/save?id=3"><input type="hidden" name="pass" value="action:save:">',
  );
  expect(outside(hostile, `https://x.example/${hostile}`)).not.toMatch(/<script|"><s/);
});

test('an attribute that runs script, or is none, is refused', () => {
  const { link } = build();
  for (const name of ['onclick', 'ONCLICK', 'a b', 'x"', '']) {
    expect(() => link('x', '', {}, { [name]: 'x' })).toThrow('cannot be an attribute');
  }
});

test('outside leads to http(s) only', () => {
  const { outside } = build();
  for (const url of [
    'javascript:alert(1)',
    'JAVASCRIPT:alert(1)',
    'data:text/html,x',
    '//x.example',
    ' https:x',
    'https://',
  ])
    expect(outside('x', url)).toBe('x');
  expect(outside('x', 'https://x.example/')).toBe(
    '<a href="https://x.example/" target="_blank" rel="noopener noreferrer">x</a>',
  );
});

test('a page that the hook does not have, and a link to an action, are mistakes', () => {
  const { link, form, url } = build();
  expect(() => link('x', 'rows')).toThrow('no page or action "rows"');
  expect(() => form('rows')).toThrow('no page or action "rows"');
  expect(() => link('x', 'save')).toThrow('"save" is an action');
  expect(() => url('save')).toThrow('"save" is an action');
});

test('a language goes into the pass and not into the address, and what came in is not handed on', () => {
  const { url } = build();
  expect(url('row', { language: 'da', id: 1, pass: 'old', sessiontoken: 'secret' })).toBe(
    '/interfaces/key/user/menu/row?id=1&pass=page%3Arow%3Ada',
  );
});

test('fifty rows that link to one page take one sealing', () => {
  let sealed = 0;
  const { link } = build(() => `pass-${(sealed += 1)}`);
  for (let at = 0; at < 50; at += 1) link('x', 'row', { at });
  expect(sealed).toBe(1);
});
