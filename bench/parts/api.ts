import { fileURLToPath } from 'node:url';
import type { Api } from '../../src/microbizz/api/api.ts';
import { openApis } from '../../src/microbizz/api/tenant-apis.ts';
import { Secret } from '../../src/microbizz/domain/secret.ts';
import type { Tenant } from '../../src/microbizz/domain/tenant.ts';
import { startProcess, stopProcess } from '../process/start-process.ts';
import { findFreePort } from '../../test/support/find-free-port.ts';
import { waitForAnswer } from '../process/wait-for-port.ts';
import { judge } from '../report/bars.ts';
import { median, medianRatio } from '../report/statistics.ts';
import { number, type Findings } from '../report/table.ts';
import type { Context } from './context.ts';

const count = 1000;
const ids = Array.from({ length: count }, (_, at) => at + 1);

/** Commands a second, by round. */
interface Rates {
  readonly batched: number[];
  readonly single: number[];
  readonly plain: number[];
}

/** 1,000 commands that read: through `api.run`, all in one tick; through it with a request for each; and by fetch in a loop. */
export async function api({ plan, say }: Context): Promise<Findings> {
  const found = new Map<number, Rates>();
  for (const latency of [0, 20]) {
    say(`api: an endpoint that takes ${latency} ms`);
    found.set(latency, await measure(latency, plan.api.rounds));
  }
  const ratio = (latency: number): number => {
    const { batched = [], plain = [] } = found.get(latency) ?? {};
    return medianRatio(batched, plain) ?? NaN;
  };
  const row = (latency: number, title: string, rates: readonly number[], plain: readonly number[]): string[] => [
    `${latency} ms, ${title}`,
    number(median(rates)),
    number(medianRatio(rates, plain), 1),
  ];
  return {
    tables: [
      {
        title: `${number(count)} commands to one tenant's endpoint, ${plan.api.rounds} rounds`,
        head: ['', 'commands/s', '÷ fetch'],
        rows: [...found].flatMap(([latency, { batched, single, plain }]) => [
          row(latency, 'api.run in one tick', batched, plain),
          row(latency, 'api.run, a request a command', single, plain),
          row(latency, 'fetch in a loop', plain, plain),
        ]),
      },
    ],
    judged: [judge('apiNear', ratio(0)), judge('apiFar', ratio(20))],
    raw: Object.fromEntries(found),
  };
}

async function measure(latency: number, rounds: number): Promise<Rates> {
  const port = await findFreePort();
  const script = fileURLToPath(new URL('../servers/microbizz.ts', import.meta.url));
  const started = startProcess({ script, args: [String(port), String(latency)] });
  await waitForAnswer(port, started);
  const endpoint = `http://127.0.0.1:${port}/`;
  const credentials = {
    endpoint,
    contract: '2391',
    accesstoken: new Secret('a token of forty characters, or about it'),
  };
  const tenant: Tenant = {
    id: 1,
    host: new URL(endpoint).host,
    contract: '2391',
    credentials,
    solution: new URL(endpoint).origin,
  };
  const store = { findTenant: async () => Promise.resolve(tenant), noteToken: async () => Promise.resolve() };
  const apis = openApis({ store, now: Date.now });
  const client = apis.of(tenant);
  const rates: Rates = { batched: [], single: [], plain: [] };
  // The first round warms up.
  for (let round = -1; round < rounds; round += 1) {
    const turn = {
      batched: await rate(() => Promise.all(ids.map((customerid) => client.run('GetCustomerByID', { customerid })))),
      single: await rate(() => Promise.all(ids.map((id) => runAlone(client, id)))),
      plain: await rate(() => fetchAll(endpoint)),
    };
    if (round >= 0) for (const name of ['batched', 'single', 'plain'] as const) rates[name].push(turn[name]);
  }
  await apis.close();
  await stopProcess(started);
  return rates;
}

async function rate(act: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await act();
  return (count / (performance.now() - began)) * 1000;
}

/** A signal of its own keeps a command out of every other's envelope. */
async function runAlone(client: Api, customerid: number): Promise<unknown> {
  return client.run('GetCustomerByID', { customerid }, { signal: new AbortController().signal });
}

/** What somebody writes who has no client: one command, one request, one answer after the other. */
async function fetchAll(endpoint: string): Promise<void> {
  for (const customerid of ids) {
    const commands = [{ command: 'GetCustomerByID', customerid }];
    const json = JSON.stringify({
      contract: '2391',
      accesstoken: 'a token of forty characters, or about it',
      commands,
    });
    const answer = await fetch(endpoint, { method: 'POST', body: new URLSearchParams({ json }) });
    await answer.json();
  }
}
