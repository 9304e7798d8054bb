import { ask } from './ask.ts';
import type { Attack, Section } from './attack.ts';
import { findFreeze } from './longest-wait.ts';
import { changed, freshAddress, type Connected, type Stage } from './stage.ts';

/** `leaves` values in `depth` nested sets, all of them another when `turn` is. */
function nest(leaves: number, depth: number, turn: number): string {
  const values = Array.from({ length: leaves }, (_, at) => `"${at.toString(36)}":${turn}`).join(',');
  return `{"id":1,"a":${'{"a":'.repeat(depth)}{${values}}${'}'.repeat(depth)}}`;
}

function wide(leaves: number, turn: number, id = 1): string {
  return `{"id":${id},${Array.from({ length: leaves }, (_, at) => `"f${at}":${turn}`).join(',')}}`;
}

const marks = `a${'\u0301'.repeat(50_000)}${'\u0316'.repeat(50_000)}`;
const text = (value: string, id = 1): string => JSON.stringify({ id, text: value });
const repeat = (times: number, build: (at: number) => string): string[] =>
  Array.from({ length: times }, (_, at) => build(at + 1));

/** The events of one attack, one behind the other. */
const inputs: Readonly<Record<string, () => readonly string[]>> = {
  'two events with 110,000 fields 490 deep, all changed': () => [nest(110_000, 490, 1), nest(110_000, 490, 2)],
  'two events with 25,000 fields 480 deep, all changed': () => [nest(25_000, 480, 1), nest(25_000, 480, 2)],
  'two events with 90,000 fields in one set, all changed': () => [wide(90_000, 1), wide(90_000, 2)],
  'one object with 10,000 changes, ten times': () => repeat(10, (turn) => wide(10_000, turn)),
  '100,000 combining marks on one letter': () => [text(marks)],
  '100,000 combining marks in the name of a field': () => [JSON.stringify({ id: 1, [marks]: 1 })],
  'one word of 900,000 letters': () => [text('a'.repeat(900_000))],
  '150,000 different words': () => [text(repeat(150_000, (at) => at.toString(36)).join(' '))],
  '800,000 characters that are words of their own': () => [text('漢'.repeat(300_000))],
  'a list of 200,000 numbers, turned round': () => [
    `{"id":1,"l":[${repeat(100_000, String).join(',')}]}`,
    `{"id":1,"l":[${repeat(100_000, String).reverse().join(',')}]}`,
  ],
  '60 events of 0.7 MB with 70,000 fields each': () => repeat(60, (at) => wide(70_000, at, at)),
  '3,000 small events, 64 at a time': () => repeat(3000, (at) => text('small', at)),
};

/** Work that grows faster than the bytes that cause it: the longest wait of somebody else, seen by a process of its own. */
export const freeze: Section = {
  name: 'freeze',
  attacks(stage) {
    const attacks = Object.entries(inputs).map(([name, build]): Attack => ({
      name,
      async run() {
        const owner = await open(stage);
        const events = build();
        return findFreeze(stage, owner.victim, () => sendAll(owner.tenant, events));
      },
    }));
    return Promise.resolve([...attacks, viewOf(stage), searchIn(stage)]);
  },
};

/** The heap that V8 allows itself on a machine with little memory. */
async function open(stage: Stage) {
  const victim = await stage.victim({ NODE_OPTIONS: '--max-old-space-size=512' });
  const tenant = await victim.connect(await stage.microbizz(), '2391', freshAddress());
  stage.onEnd(() => victim.server.stop('SIGKILL'));
  return { victim, tenant };
}

/** Large ones one behind the other, small ones 64 at a time. */
async function sendAll(tenant: Connected, events: readonly string[]): Promise<void> {
  const side = events.length > 100 ? 64 : 1;
  for (let at = 0; at < events.length; at += side)
    await Promise.all(events.slice(at, at + side).map((object) => send(tenant.url(changed), object)));
}

/** As multipart, as PHP's curl sends it: percent signs would make three bytes of each quotation mark. */
async function send(url: string, object: string): Promise<void> {
  const body = `--x\r\nContent-Disposition: form-data; name="object"\r\n\r\n${object}\r\n--x--\r\n`;
  const headers = { 'content-type': 'multipart/form-data; boundary=x' };
  const { status, text } = await ask(url, { method: 'POST', body, headers, timeout: 60_000 });
  if (status === 413) throw new Error(`an event of ${body.length} bytes is too large to be tried: ${text}`);
}

/** The page of an object with many fields, by somebody with a session. */
function viewOf(stage: Stage): Attack {
  return {
    name: 'twenty views of an object with 25,000 fields 480 deep',
    async run() {
      const { victim, tenant } = await open(stage);
      await sendAll(tenant, [nest(25_000, 480, 1), nest(25_000, 480, 2)]);
      return findFreeze(stage, victim, async () => {
        const list = await ask(tenant.page('user/menu'), { from: freshAddress() });
        const path = /href="([^"]*\/user\/menu\/object[^"]*)"/.exec(list.text)?.[1]?.replaceAll('&amp;', '&') ?? '/';
        const url = new URL(path, victim.url).href;
        await Promise.all(repeat(20, () => '').map(() => ask(url, { from: freshAddress() })));
      });
    },
  };
}

/** Search among events that wait, which no index knows: they wait since their receiver does not answer. */
function searchIn(stage: Stage): Attack {
  return {
    name: 'a search among 100 waiting events of 0.9 MB',
    async run() {
      const { victim, tenant } = await open(stage);
      await sendAll(tenant, repeat(100, (at) => text(`word${at} `.repeat(100_000), at)).slice(0, 60));
      return findFreeze(stage, victim, () =>
        ask(`${tenant.page('user/menu')}&state=waiting&text=nothing`, { from: freshAddress(), timeout: 60_000 }),
      );
    },
  };
}
