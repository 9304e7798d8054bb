import { expect, test } from 'vitest';
import { openSandbox } from './fake-app.ts';

async function openLists() {
  const sandbox = await openSandbox();
  async function get(path: string, parameters: Record<string, string> = {}) {
    const query = new URLSearchParams(parameters).toString();
    const headers = { authorization: `Bearer ${sandbox.goToken}` };
    const response = await fetch(`${sandbox.goUrl}/${path}?${query}`, { headers });
    return { status: response.status, text: await response.text(), type: response.headers.get('content-type') };
  }
  async function ids(parameters: Record<string, string>): Promise<unknown[]> {
    const { text } = await get('foreigncompany', parameters);
    return (JSON.parse(text) as { foreigncompany_id: unknown }[]).map((each) => each.foreigncompany_id);
  }
  return { sandbox, get, ids };
}

const condition = (type: string, fieldname: string, value: unknown) => ({ type, fieldname, value });
const aalborg = condition('Match', 'city', 'aalborg');

test.each([
  [aalborg, [71]],
  [condition('Like', 'companyname', 'gård'), [71, 72]],
  [condition('OneOf', 'zip', ['9400', '1000']), [72]],
  [condition('Greater', 'foreigncompany_id', 71), [72]],
  [condition('GreaterEqual', 'foreigncompany_id', 71), [71, 72]],
  [condition('Lesser', 'foreigncompany_id', '72'), [71]],
  [condition('LesserEqual', 'change_date', '2024-12-31 00:00:00'), []],
  [{ type: 'NOT', condition: aalborg }, [72]],
  [{ type: 'AND', condition1: aalborg, condition2: condition('Match', 'foreigncompany_id', 72) }, []],
  [{ type: 'OR', condition1: aalborg, condition2: condition('Match', 'foreigncompany_id', 72) }, [71, 72]],
])('query %j finds %j', async (query, expected) => {
  const { ids } = await openLists();
  expect(await ids({ query: JSON.stringify(query) })).toEqual(expected);
});

test('limit, start, sort, rsort and fields; other parameters are passed over', async () => {
  const { get, ids } = await openLists();
  expect(await ids({ sort: 'zip', city: 'Aalborg' })).toEqual([71, 72]);
  expect(await ids({ rsort: 'zip' })).toEqual([72, 71]);
  expect(await ids({ limit: '1' })).toEqual([71]);
  expect(await ids({ limit: '1', start: '1' })).toEqual([72]);
  const { text } = await get('foreigncompany', { fields: 'city,zip', limit: '1' });
  expect(JSON.parse(text)).toEqual([{ city: 'Aalborg', zip: '9000' }]);
});

test.each([
  [{ query: '{' }, 400],
  [{ query: '[]' }, 400],
  [{ query: JSON.stringify(condition('Match', 'nonsense', 1)) }, 400],
  [{ query: JSON.stringify(condition('constructor', 'city', 1)) }, 400],
  [{ limit: '0' }, 400],
  [{ start: '-1' }, 400],
  [{ sort: 'constructor' }, 400],
  [{ fields: 'city,nonsense' }, 500],
])('%j is a fault in bare text, called JSON', async (parameters, status) => {
  const { get } = await openLists();
  const answer = await get('foreigncompany', parameters);
  expect(answer).toMatchObject({ status, type: expect.stringContaining('application/json') as string });
  expect(() => JSON.parse(answer.text) as unknown).toThrow(SyntaxError);
});

test('an object describes itself', async () => {
  const { get } = await openLists();
  const schema = JSON.parse((await get('assignment/schema')).text) as { properties: object };
  expect(schema).toMatchObject({ type: 'object', required: ['task_ref', 'user_ref'] });
  expect(Object.keys(schema.properties)).toContain('change_date');
});

test('all reasons of a refusal come at once', async () => {
  const { sandbox } = await openLists();
  const body = { color: 1, assignment_id: 7, change_date: 'x', task_ref: 'æ' };
  const answer = await fetch(`${sandbox.goUrl}/assignment`, {
    ...{ method: 'POST', body: JSON.stringify(body) },
    headers: { authorization: `Bearer ${sandbox.goToken}` },
  });
  const { message } = (await answer.json()) as { message: string };
  expect(answer.status).toBe(400);
  for (const part of ['non-existing field color', 'read-only field assignment_id', 'read-only field change_date'])
    expect(message).toContain(part);
  expect(message).toMatch(/field task_ref: refers to nothing, Required field user_ref is missing$/);
});
