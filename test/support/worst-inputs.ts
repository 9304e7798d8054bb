import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { startWatched, statusOf, type WatchedServer } from './watched-server.ts';
import { lists, marks, nested, stairs, wide, withText } from './worst-objects.ts';

export interface Held {
  readonly input: string;
  /** The longest hold of the thread that answers, in ms; undefined when the process ended. */
  readonly hold: number | undefined;
  /** HTTP statuses of what was asked. */
  readonly statuses: readonly number[];
}

export interface WorstOptions {
  readonly size?: number;
  /** Another checkout. */
  readonly root?: string | undefined;
  /** The inputs whose names match. */
  readonly only?: RegExp;
  readonly tell?: (held: Held) => void;
}

type Work = (server: WatchedServer) => Promise<number[]>;
/** Its name, what stands there before it, and what is measured. */
type Input = [name: string, prepare: Work | undefined, work: Work];

/**
 * What may hold the server, and for how long it did, each on a server of its own. `size` 1 is all of it, 0.1 a tenth of each. Only what
 * anybody may send and open: so it can be run on another checkout (`root`) too.
 */
export async function measureWorst(
  makeFolder: () => string,
  { size = 1, root, only = /./, tell }: WorstOptions = {},
): Promise<Held[]> {
  const all: Held[] = [];
  for (const input of chooseInputs(size, only)) {
    const server = await startWatched(makeFolder(), root);
    try {
      const held = await measureOne(server, input);
      all.push(held);
      tell?.(held);
    } catch (error) {
      tell?.({ input: `${input[0]}: ${String(error).slice(0, 80)}`, hold: undefined, statuses: [] });
    } finally {
      await server.stop();
    }
  }
  return all;
}

/** The short form: all on one server, one after the other. That it lives is seen so too; figures are what `measureWorst` is for. */
export async function tryWorst(folder: string, size: number, only: RegExp): Promise<Held[]> {
  const server = await startWatched(folder);
  try {
    const all: Held[] = [];
    for (const input of chooseInputs(size, only)) all.push(await measureOne(server, input));
    return all;
  } finally {
    await server.stop();
  }
}

async function measureOne(server: WatchedServer, [input, prepare, work]: Input): Promise<Held> {
  if (prepare !== undefined) await server.watch(() => prepare(server));
  let statuses: number[] = [];
  const hold = await server.watch(async () => (statuses = await work(server)));
  return { input, hold, statuses: [...new Set(statuses)] };
}

function chooseInputs(size: number, only: RegExp): Input[] {
  return inputsOf(size).filter(([name]) => only.test(name));
}

function inputsOf(size: number): Input[] {
  const n = (full: number): number => Math.max(1, Math.round(full * size));
  const twice = (make: (turn: number) => string): Work => sendAll(2, (turn) => ({ object: make(turn) }));
  const text = (value: string): Work => twice((turn) => withText(value, turn));
  return [
    ['nothing', undefined, () => pause(1000, [])],
    ['2 × nested 490 deep, 100,000 fields', undefined, twice((turn) => nested(490, n(90_000), turn))],
    ['2 × nested 48 deep, fields at each level', undefined, twice((turn) => stairs(48, n(90_000), turn))],
    ['2 × 85,000 fields', undefined, twice((turn) => wide(n(85_000), turn))],
    ['2 × 330,000 empty lists, then sets', undefined, twice((turn) => lists(n(1_000_000), turn))],
    ['2 × one text of 1 MB', undefined, text('Kørsel, zone 2. '.repeat(n(60_000)))],
    ['2 × 100,000 combining marks', undefined, text(marks(n(100_000)))],
    ['2 × a decimal of 100,000 zeros', undefined, text(`1.${'0'.repeat(n(100_000))}1`)],
    ['2 × 9,000 bracket fields', undefined, sendAll(2, (turn) => brackets(n(9000), turn))],
    ['100 × 0.8 MB, 75,000 fields', undefined, sendAll(n(100), (turn) => ({ object: wide(n(75_000), turn) }))],
    ['4,000 small objects', undefined, sendAll(n(4000), (turn) => ({ object: JSON.stringify({ id: turn, turn }) }))],
    ['2 × 3.9 MB, 300,000 fields', undefined, twice((turn) => wide(n(300_000), turn))],
    ['page of an object, 2 × 85,000 fields', twice((turn) => wide(n(85_000), turn)), openObject],
    ['page of an object, 20 × 85,000 fields', sendAll(20, (turn) => ({ object: wide(n(85_000), turn) })), openObject],
    [
      'page of an object with 10,000 changes',
      sendAll(n(10_000), (turn) => ({ object: withText('Kørsel', turn) })),
      openObject,
    ],
    ['search in 100 × 0.9 MB that wait', waiting(n(100), (turn) => large(turn, n(60_000))), search],
    ['search in 100 × 75,000 fields that wait', waiting(n(100), (turn) => wide(n(75_000), turn)), search],
    [
      '4 exports of 100 × 0.9 MB that nobody reads',
      sendAll(n(100), (turn) => ({ object: large(turn, n(60_000)) })),
      exportUnread,
    ],
  ];
}

function large(turn: number, words: number): string {
  return JSON.stringify({ id: turn, text: `nr ${turn} ${'Kørsel zone 2. '.repeat(words)}` });
}

function brackets(count: number, turn: number): Record<string, string> {
  const members = Array.from({ length: count }, (_, at) => [`object[f${at}]`, String(turn)]);
  return Object.fromEntries([['object[id]', '7'], ...members]) as Record<string, string>;
}

/** Eight at a time. */
function sendAll(count: number, make: (turn: number) => Record<string, string>): Work {
  return async (server) => {
    const statuses: number[] = [];
    let next = 0;
    const sender = async (): Promise<void> => {
      while (next < count) statuses.push(await server.send(make((next += 1))));
    };
    await Promise.all(Array.from({ length: Math.min(8, count) }, sender));
    return statuses;
  };
}

/** Events that wait to be forwarded to where nobody listens. */
function waiting(count: number, make: (turn: number) => string): Work {
  return async (server) => {
    await server.command('forwards', 'add', '1', 'http://127.0.0.1:9/');
    return sendAll(count, (turn) => ({ object: make(turn) }))(server);
  };
}

const openObject: Work = async (server) => {
  const address = await linkOn(server.page('menu'), 'object');
  return [await statusOf(address), await statusOf(address)];
};

const search: Work = async (server) => {
  const menu = new URL(server.page('menu'));
  const pass = /name="pass" value="([^"]+)"/.exec(await textOf(menu.href))?.[1] ?? '';
  menu.search = new URLSearchParams({ text: 'findes ikke', state: 'waiting', pass }).toString();
  return [await statusOf(menu.href)];
};

/** Asks, and takes nothing of the answer for three seconds. */
const exportUnread: Work = async (server) => {
  const { hostname, port, pathname, search: query } = new URL(await linkOn(server.page('menu'), 'json'));
  const sockets = Array.from({ length: 4 }, () => {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined).pause();
    socket.write(`GET ${pathname}${query} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`);
    return socket;
  });
  await pause(3000);
  for (const socket of sockets) socket.destroy();
  return [];
};

async function linkOn(page: string, name: string): Promise<string> {
  const text = await textOf(page);
  const link = new RegExp(`href="([^"]*/${name}\\?[^"]*)"`).exec(text)?.[1];
  if (link === undefined) throw new Error(`The page has no link to "${name}": ${text.slice(0, 1000)}`);
  return new URL(link.replaceAll('&amp;', '&'), page).href;
}

async function textOf(url: string): Promise<string> {
  return (await fetch(url)).text();
}
