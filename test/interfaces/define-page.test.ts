import { expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { definePage } from '../../src/server/interfaces/define-page.ts';

const nothing = () => Promise.resolve({});
const first = { modcode: 'user', hook: 'menu', title: 'x', load: nothing, view: 'x' };
const query = z.object({});

test('what the compiler cannot see in a hook is refused at the start', () => {
  expect(() => definePage({ ...first, pages: { 'a/b': { query, load: nothing, view: 'x' } } })).toThrow(
    'user/menu: "a/b" must be letters, digits and -',
  );
  expect(() => definePage({ ...first, pages: { a: { query } } })).toThrow('the page "a" needs load and view');
  expect(() =>
    definePage({
      ...first,
      pages: { a: { query, load: nothing, view: 'x' } },
      actions: { a: { form: query, act: () => Promise.resolve({ go: '' }) } },
    }),
  ).toThrow('name one page or action');
});

test('query, form and variables have the types of their schemas and of the hook', () => {
  definePage({
    ...first,
    modcode: 'sales',
    hook: 'contract_tab',
    query: z.object({ since: z.string().transform(Number) }),
    load: (context) => {
      expectTypeOf(context.query).toEqualTypeOf<{ since: number }>();
      expectTypeOf(context.variables.number).toEqualTypeOf<string>();
      return nothing();
    },
    pages: {
      one: {
        query: z.object({ id: z.coerce.number() }),
        load: (context) => {
          expectTypeOf(context.query.id).toEqualTypeOf<number>();
          return nothing();
        },
        view: 'x',
      },
    },
    actions: {
      save: {
        form: z.object({ ok: z.stringbool() }),
        act: (context) => {
          expectTypeOf(context.form.ok).toEqualTypeOf<boolean>();
          expectTypeOf(context.variables.id).toEqualTypeOf<string>();
          return Promise.resolve({ go: 'one', query: { id: 1 } });
        },
      },
    },
  });
});
