import { expect, test } from 'vitest';
import { openApi } from './call-api.ts';
import { startFakeApp, visit } from './fake-app.ts';

const echo = (text: string) => ({ command: 'Echo', text });

test('a refused token is an envelope error for every call, until another connect gives out a new one', async () => {
  const { sandbox, send } = await openApi();
  sandbox.refuseTokens();
  const refused = await send([echo('a')]);
  expect(refused).toMatchObject({ status: 0, msg: 'Invalid accesstoken' });
  expect(refused.results).toBeUndefined();
  expect((await visit(sandbox.url)).text).toContain('accesstokens refused');
  await sandbox.accept((await startFakeApp()).request());
  const accesstoken = sandbox.connections.at(-1)?.accesstoken;
  expect(await send([echo('a')], { accesstoken })).toMatchObject({ status: 1 });
  expect(await send([echo('a')])).toMatchObject({ status: 0 });
  sandbox.restoreTokens();
  expect(await send([echo('a')])).toMatchObject({ status: 1 });
});

test('tokens are refused and restored by buttons', async () => {
  const { sandbox, send } = await openApi();
  await visit(`${sandbox.url}/tokens/refuse`, {});
  expect(await send([])).toMatchObject({ status: 0 });
  expect((await visit(`${sandbox.url}/faults`)).text).toContain('1 of 1 accesstokens are refused');
  await visit(`${sandbox.url}/tokens/restore`, {});
  expect(await send([])).toMatchObject({ status: 1 });
});

test('results can be one short or one too many, out of order, or one of them failed', async () => {
  const { sandbox, send } = await openApi();
  const three = [echo('a'), echo('b'), echo('c')];
  const answers = async () => (await send(three)).results.map((result) => result['answer'] ?? result.msg);
  sandbox.faults.api = 'missing-results';
  expect(await answers()).toEqual(['a', 'b']);
  sandbox.faults.api = 'surplus-result';
  expect(await answers()).toEqual(['a', 'b', 'c', 'c']);
  sandbox.faults.api = 'shuffled-results';
  expect(await answers()).toEqual(['c', 'b', 'a']);
  sandbox.faults.api = 'one-command-error';
  expect(await answers()).toEqual(['a', 'Sandbox fault: command error', 'c']);
});

test('every third envelope fails when some do', async () => {
  const { sandbox, send } = await openApi();
  sandbox.faults.api = 'some-envelope-errors';
  const statuses: unknown[] = [];
  for (let call = 0; call < 6; call += 1) statuses.push((await send([echo('a')]))['status']);
  expect(statuses.toSorted()).toEqual([0, 0, 1, 1, 1, 1]);
});

test('with haltonerror nothing more runs, and the results end or are filled up', async () => {
  const { sandbox, send } = await openApi();
  const commands = [
    echo('a'),
    { command: 'Nonsense' },
    { command: 'CreateUpdateCustomerByID', customer: { id: 3101, name: 'x' } },
  ];
  const statuses = async () => (await send(commands, { haltonerror: 1 })).results.map(({ status }) => status);
  expect(await statuses()).toEqual([1, 0]);
  sandbox.faults.halted = 'filled';
  expect(await statuses()).toEqual([1, 0, 0]);
  expect(sandbox.state.customers[0]?.['name']).toBe('Bryggergården A/S');
});
