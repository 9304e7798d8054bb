import { parseArgs } from 'node:util';
import { startSandbox } from '../src/tools/sandbox/start-sandbox.ts';
import { reuseIdle, type IdleTally, type Tally } from '../test/support/idle-connections.ts';
import { sendRefused } from '../test/support/refused-bodies.ts';
import { startRelay } from '../test/support/relay.ts';
import { spawnServer } from '../test/support/spawn-server.ts';
import { findFreePort } from '../test/support/find-free-port.ts';
import { connectTo, keys, testSettings } from '../test/support/start-server.ts';
import { makeFolder } from './process/start-process.ts';
import { write } from './report/table.ts';

/**
 * `npm run proxies`: whether a proxy in front, and a sender whose body is refused, get every answer. Some five minutes. `-- --root FOLDER`
 * measures another checkout.
 */
const { values } = parseArgs({ options: { root: { type: 'string' } } });
const say = (line: string): void => void process.stderr.write(`… ${line}\n`);

/** Milliseconds that everything takes between the proxy and the server, each way. */
const distance = 25;

async function measure(): Promise<[string, Tally][]> {
  const folder = makeFolder();
  const sandbox = await startSandbox(keys);
  const settings = testSettings(await findFreePort(), folder, {
    MICROBIZZ_URL: sandbox.url,
    TRUST_PROXY: '127.0.0.1',
    LOG_LEVEL: 'info',
  });
  const server = spawnServer({ settings, folder, root: values.root });
  server.start();
  try {
    await server.answering();
    const { hooks } = await connectTo(`${server.url}/connect`, sandbox);
    const url = hooks.find(({ hook }) => hook === 'event_invoice_line_change')?.url ?? '';
    say('1,000 refused bodies');
    const refused = await sendRefused(url, 1000);
    const { port } = await startRelay(Number(new URL(url).port), distance);
    const reuse = (connections: number, requests: number, from: number, to: number): Promise<IdleTally> =>
      reuseIdle({ url, port, connections, requests, pause: () => from + Math.random() * (to - from) });
    say('1,000 requests after pauses of up to 120 s');
    const [random, aimed] = await Promise.all([reuse(500, 2, 0, 120_000), reuse(200, 1, 72_900, 73_100)]);
    return [
      [`reused after 0 to 120 s (${random.anew} over a new connection)`, random],
      // Fastify's default is 72 s, and Node adds one.
      [`reused after 72.9 to 73.1 s (${aimed.anew} over a new connection)`, aimed],
      ...[...refused].map(([name, tally]): [string, Tally] => [`refused: ${name}`, tally]),
    ];
  } finally {
    await server.stop('SIGTERM');
    await sandbox.close();
  }
}

try {
  const found = await measure();
  const rows = found.map(([name, { sent, unanswered, statuses }]) => {
    const answers = Object.entries(statuses).map(([status, count]) => `${count} × ${status}`);
    return [name, String(sent), String(sent - unanswered), String(unanswered), answers.join(', ')];
  });
  const head = ['', 'sent', 'answered', 'unanswered', 'answers'];
  process.stdout.write(write({ title: `Answers, ${distance} ms away`, head, rows }));
  process.exit(found.every(([, { unanswered }]) => unanswered === 0) ? 0 : 1);
} catch (error) {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
}
