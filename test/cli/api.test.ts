import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder, startStory } from '../support/start-server.ts';
import { buildRun, buildRunWithInput, json } from './run-appconnect.ts';

const anyText = expect.any(String) as string;

test('a developer runs commands of a tenant, and sees what goes over the wire', async () => {
  const { sandbox, server } = await startStory();
  const run = buildRunWithInput(server);

  const byId = ['api', 'GetCustomerByID', '--tenant', sandbox.contract];
  expect(json(await run('', ...byId, 'customerid=3103'))).toMatchObject({ customers: [{ name: 'Søgård & Søn ApS' }] });
  const written = await run(
    '{"customer": {"id": 3103, "phone": "98 00 11 22"}}',
    ...['api', 'CreateUpdateCustomerByID', '--tenant', '1', '--raw'],
  );
  expect(json(written)).toMatchObject({
    envelope: {
      contract: sandbox.contract,
      accesstoken: '[hidden]',
      commands: [{ command: 'CreateUpdateCustomerByID', customer: { id: 3103, phone: '98 00 11 22' } }],
    },
    status: 200,
    answer: { status: 1, results: [{ status: 1, customer: { id: 3103 } }] },
  });
  expect(written.out).not.toContain(sandbox.state.connections[0]?.accesstoken);

  const file = join(makeFolder(), 'skema.pdf');
  writeFileSync(file, Uint8Array.of(0, 255, 37));
  const sent = await run(
    '',
    ...['api', 'AddFileToCustomer', '--tenant', '1', '--raw', '--file', `filedata=${file}`],
    ...['customerid=3103', 'filename=skema.pdf', 'title=Skema', 'folder='],
  );
  expect(json(sent)).toMatchObject({ envelope: { commands: [{ customerid: 3103, filedata: 'AP8l' }] } });
});

test('what is wrong is one sentence, and nothing is sent', async () => {
  const { sandbox, server } = await startStory();
  const run = buildRunWithInput(server);
  const commandsSent = (): unknown[] =>
    sandbox.requests.filter((each) => JSON.stringify(each).includes('GetCustomerByID'));
  for (const [input, words, says] of [
    ['', ['api', 'GetCustomerByID', '--tenant', '1', 'customerid=abc'], 'customerid: expected a number, got "abc"'],
    ['[5]', ['api', 'GetCustomerByID', '--tenant', '1'], 'standard input: expected a JSON object.'],
    ['', ['api', '--describe', 'GetNothing'], 'GetNothing is not documented.'],
  ] as const) {
    const ran = await run(input, ...words);
    expect([words, ran.code, ran.out]).toEqual([words, 1, '']);
    expect(ran.err).toContain(says);
    expect(ran.err.trim().split('\n')).toHaveLength(1);
  }
  expect(commandsSent()).toEqual([]);
  const refused = await run('', 'api', 'GetNothing', '--tenant', '1', 'a=b');
  expect([refused.code, refused.out]).toEqual([1, '']);
  expect(refused.err).toContain('GetNothing');
});

test('the commands are listed and described without any settings', async () => {
  const { server } = await startStory();
  const run = buildRun(server, { MICROBIZZ_PUBLICID: '' });
  expect(json(await run('api', '--list', '--json'))).toContainEqual({
    name: 'GetCustomerByID',
    kind: 'reads',
    description: anyText,
  });
  const { out } = await run('api', '--describe', 'GetSubscriptionsBylastChangeID');
  expect(out).toMatch(/^GetSubscriptionsBylastChangeID \(reads, answers subscriptions in parts\)\n/);
  expect(out).toMatch(/\nSource: micropedia Customer commands\nNote: /);
  expect(out).toMatch(/\ninput +type +meaning\nchangedate +date /);
  expect(json(await run('api', '--describe', 'CreateUpdateCustomerByID', '--json'))).toMatchObject({
    kind: 'writes',
    input: [{ field: 'customer', type: 'customer', needed: true, meaning: anyText }],
    types: { customer: expect.arrayContaining(['id number', 'isprospect boolean']) as string[] },
  });
});

test('the GO API is asked with the settings’ token, in no address and no error', async () => {
  const { sandbox, server } = await startStory();
  sandbox.state.go.tokens.set('go-token-71f3', 1);
  const settings = { GO_URL: `${sandbox.url}/go/api.php`, GO_ACCESS_TOKEN: 'go-token-71f3' };
  const run = buildRunWithInput(server, settings);
  expect(
    json(await run('', 'go', 'get', 'foreigncompany', 'query={"type":"Match","fieldname":"city","value":"Aalborg"}')),
  ).toMatchObject([{ foreigncompany_id: 71 }]);
  expect(json(await run('', 'go', 'POST', 'task', '101', 'taskname=Nyt', 'company_ref:=1'))).toMatchObject({
    task_id: 101,
    taskname: 'Nyt',
    company_ref: 1,
  });
  expect(json(await run('{"task_ref":101,"user_ref":1}', 'go', 'POST', 'assignment'))).toMatchObject({ user_ref: 1 });
  sandbox.state.go.tokens.clear();
  expect(await run('', 'go', 'DELETE', 'assignment', '121')).toEqual({
    code: 1,
    out: '',
    err: 'GO asks for a valid access token (401): Invalid or expired access token.\n',
  });
});
