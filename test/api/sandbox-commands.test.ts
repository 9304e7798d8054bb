import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import type { Api } from '../../src/microbizz/api/api.ts';
import { findCommand } from '../../src/microbizz/api/commands/table.ts';
import { openApis } from '../../src/microbizz/api/tenant-apis.ts';
import type { Sandbox } from '../../src/tools/sandbox/start-sandbox.ts';
import { openApi } from '../sandbox/call-api.ts';
import { buildTenant } from './start-api.ts';

interface Paper {
  readonly command: string;
  readonly input: { name: string; type: string }[];
  readonly output: { name: string; type: string }[];
}
const papers = JSON.parse(
  readFileSync(new URL('../fixtures/protocol/commands.json', import.meta.url), 'utf8'),
) as Paper[];
const readable = papers.filter(({ command }) => findCommand(command) !== undefined);

/** Every field of every command is given, as this side of the codecs has it: what has no value of its own here gets one of its type. */
const fields: Readonly<Record<string, unknown>> = {
  ...{
    customerid: 3101,
    customernumber: 'K-1001',
    customername: 'bryggergården a/s',
    documentid: 0,
    userid: 12,
    teamid: 1,
  },
  ...{
    usercode: 'KB',
    leaderteams: [1],
    memberteams: [2],
    viewerteams: [],
    leaders: ['AH'],
    members: ['KB'],
    viewers: [],
  },
  ...{ invoiceid: 9001, invoicelineid: 50104, invoicelineids: [50103], productid: 2101, productnumber: 'EL-2040' },
  ...{
    imagedata: Buffer.from('/9j/4A==', 'base64'),
    toolid: 8101,
    todoid: 6101,
    stateid: 3,
    note: { message: 'Renset' },
    personid: 4101,
    email: 'birthe@3101.example',
  },
  ...{ remoteid: 12, replytoid: 0, format: 'mp3', resumekey: undefined, changedate: '5-8-2011', changetime: '18.45' },
  ...{ customer: { customernumber: 'NY-1', name: 'Ny ApS', isprospect: true }, todo: { number: 'T-1', title: 'Ny' } },
  ...{ product: { productnumber: 'NY-2' }, user: { usercode: 'NY', name: 'Ny' }, invoice: { id: 9001 } },
};
const values: Readonly<Record<string, unknown>> = {
  ...{
    string: 'Æblegrød',
    number: 1,
    boolean: true,
    bool: true,
    date: '5-8-2011',
    time: '18.45',
    binary: Buffer.from('Hej'),
  },
  ...{ 'collection[number]': [1], answer: {}, invoiceline: { id: 50101, text: 'ny', count: 2 } },
};

/** The typed Api, on a sandbox of this test's own. */
async function openSandboxApi(): Promise<{ api: Api; sandbox: Sandbox }> {
  const { sandbox } = await openApi();
  const tenant = {
    ...buildTenant(sandbox.endpoint, sandbox.connections.at(-1)?.accesstoken),
    contract: sandbox.contract,
  };
  const store = { findTenant: async () => Promise.resolve(tenant), noteToken: async () => Promise.resolve() };
  const apis = openApis({ store, now: Date.now });
  onTestFinished(() => apis.close());
  return { api: apis.of(tenant), sandbox };
}

test.each(readable)('$command is carried out with every field of the papers', async ({ command, input, output }) => {
  const { api, sandbox } = await openSandboxApi();
  const given = Object.fromEntries(
    input.map(({ name, type }) => {
      if (name === 'sessiontoken') return [name, sandbox.openSession(12)];
      return [name, name in fields ? fields[name] : values[type]];
    }),
  );
  const result = await api.run(command, given);
  for (const { name, type } of output.filter((field) => field.name !== 'resumekey')) {
    const found = type.startsWith('collection') ? 'list' : type === 'number' || type === 'string' ? type : 'object';
    const shown = result[name];
    expect({ name, type: Array.isArray(shown) ? 'list' : typeof shown }).toEqual({ name, type: found });
  }
});
