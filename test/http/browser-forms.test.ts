import { fastify } from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { formOf, takeBrowserForms } from '../../src/server/http/browser-forms.ts';
import { takeRawBodies } from '../../src/server/http/raw-body.ts';

async function post(type: string, payload: string): Promise<{ status: number; fields: unknown }> {
  const app = fastify();
  onTestFinished(() => app.close());
  takeRawBodies(app);
  app.register((forms, _options, done) => {
    takeBrowserForms(forms);
    forms.post('/', { bodyLimit: 100 }, (request, reply) => reply.send(Object.entries(formOf(request))));
    done();
  });
  const answer = await app.inject({ method: 'POST', url: '/', headers: { 'content-type': type }, payload });
  return { status: answer.statusCode, fields: answer.json() };
}

const urlencoded = 'application/x-www-form-urlencoded';

test('the names of a form are those of its page, not PHP’s, and the last of two equal ones counts', async () => {
  const { status, fields } = await post(urlencoded, 'a.b=1&c[]=2&c[]=%C3%A6+%26&__proto__=4&empty=');
  expect(status).toBe(200);
  expect(fields).toEqual([
    ['a.b', '1'],
    ['c[]', 'æ &'],
    ['__proto__', '4'],
    ['empty', ''],
  ]);
});

test('a charset, an empty form, JSON, no form, and one that is too long', async () => {
  expect(await post(`${urlencoded}; charset=utf-8`, 'a=1')).toEqual({ status: 200, fields: [['a', '1']] });
  expect(await post(urlencoded, '')).toEqual({ status: 200, fields: [] });
  expect(await post('application/json', '{"a":"1"}')).toEqual({ status: 200, fields: [['a', '1']] });
  expect((await post('text/plain', 'a=1')).status).toBe(415);
  expect((await post('form', 'a=1')).status).toBe(415);
  expect((await post(urlencoded, `a=${'x'.repeat(200)}`)).status).toBe(413);
});
