import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Agent } from 'node:http';
import Database from 'better-sqlite3';
import { ask, postForm } from './ask.ts';
import type { Attack, Section } from './attack.ts';
import { changed, freshAddress, type Victim } from './stage.ts';

const forged = 'A'.repeat(44);
const times = 5000;

/** What strangers' requests leave on the disk: commits, bytes of the database, bytes of the log. */
export const writes: Section = {
  name: 'writes',
  async attacks(stage) {
    const victim = await stage.victim({ LOG_LEVEL: 'info' });
    await victim.connect(await stage.microbizz(), '2391', freshAddress());
    const begun = await victim.begin({ from: freshAddress() });
    if (begun === undefined) throw new Error('/connect shows no request');
    const { url } = victim;
    const agent = new Agent({ keepAlive: true, maxSockets: 16 });
    stage.onEnd(() => {
      agent.destroy();
    });
    const event = begun.hooks.find(({ hook }) => hook === 'event_invoice_line_change')?.url ?? '';
    const requests: Readonly<Record<string, () => Promise<unknown>>> = {
      'visits to /connect': () => ask(`${url}/connect`, { from: freshAddress() }),
      'questions to /health/ready': () => ask(`${url}/health/ready`, { agent }),
      'bad negotiates to an address of one’s own': () => postForm(begun.negotiateurl, { endpoint: 'x' }, { agent }),
      'negotiates to forged addresses': () => postForm(`${url}/negotiate/${forged}`, { endpoint: 'x' }, { agent }),
      'events to forged addresses': () => postForm(`${url}/events/${forged}/${changed}`, { object: '{}' }, { agent }),
      'events to an installation that has no tenant': () => postForm(event, { object: '{"id":1}' }, { agent }),
      'pages with forged keys': () => ask(`${url}/interfaces/${forged}/user/menu?sessiontoken=x`, { agent }),
      'returns with forged keys': () => ask(`${url}/return/${forged}`, { agent }),
      'requests for what there is not': () => ask(`${url}/nothing`, { agent }),
      'visits to an installation’s return page before it was negotiated': () => ask(begun.returnurl, { agent }),
    };
    return Object.entries(requests).flatMap(([name, act]) => look(victim, name, act));
  },
};

/** The same 5,000 requests are looked at three ways. */
function look(victim: Victim, name: string, act: () => Promise<unknown>): Attack[] {
  let measured: Promise<Measured> | undefined;
  const measure = (): Promise<Measured> => (measured ??= measureWrites(victim, act));
  return [
    {
      name: `${times} ${name}: the database is written`,
      async run() {
        const { commits, bytes } = await measure();
        // A server may look after itself meanwhile: a handful of commits is not one for each request.
        return commits > 20 || bytes > 200_000 ? `${commits} commits, ${bytes} bytes` : undefined;
      },
    },
    {
      name: `${times} ${name}: the log is written`,
      async run() {
        const { logged } = await measure();
        return logged > 64_000 ? `${logged} bytes` : undefined;
      },
    },
  ];
}

interface Measured {
  readonly commits: number;
  readonly bytes: number;
  readonly logged: number;
}

async function measureWrites({ folder }: Victim, act: () => Promise<unknown>): Promise<Measured> {
  const file = join(folder, 'appconnect.db');
  const sizeOf = (name: string): number => (existsSync(name) ? statSync(name).size : 0);
  const sizes = (): number => sizeOf(file) + sizeOf(`${file}-wal`);
  const log = join(folder, 'output.log');
  const database = new Database(file, { readonly: true });
  // It changes with each commit of somebody else that is seen between two looks.
  const version = (): unknown => database.pragma('data_version', { simple: true });
  try {
    const [before, logBefore] = [sizes(), sizeOf(log)];
    let [commits, last] = [0, version()];
    for (let sent = 0; sent < times; sent += 16) {
      await Promise.all(Array.from({ length: 16 }, () => act()));
      const now = version();
      if (now !== last) commits += 1;
      last = now;
    }
    return { commits, bytes: sizes() - before, logged: sizeOf(log) - logBefore };
  } finally {
    database.close();
  }
}
