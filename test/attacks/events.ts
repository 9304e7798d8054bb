import { ask } from './ask.ts';
import type { Attack, Section } from './attack.ts';
import { bodies } from './event-bodies.ts';
import {
  changed,
  freshAddress,
  isStructured,
  isTaken,
  sendEvent,
  settle,
  type Connected,
  type Victim,
} from './stage.ts';

/** What somebody may POST who knows an event's address. */
export const events: Section = {
  name: 'events',
  async attacks(stage) {
    const [victim, microbizz] = [await stage.victim(), await stage.microbizz()];
    const owner = await victim.connect(microbizz, '2391', freshAddress());
    return [
      ...bodies.map(({ name, type, body, headers }, at): Attack => ({
        name,
        ...(at % 12 === 0 && { short: true as const }),
        async run() {
          const options = { method: 'POST', body, headers: { 'content-type': type, ...headers } };
          const answer = await ask(owner.url(changed), { ...options, from: freshAddress() });
          return findHarm(victim, owner, answer);
        },
      })),
      ...sameObjects(owner),
    ];
  },
};

type Answer = Awaited<ReturnType<typeof ask>>;

/** Its own answer in the structure, no fault of ours, and everything as before for the next. */
async function findHarm(victim: Victim, owner: Connected, answer: Answer): Promise<string | undefined> {
  if (!victim.alive()) return 'the server has ended';
  if (answer.status === 0) return `no answer: ${answer.text}`;
  if (!isStructured(answer)) return `HTTP ${answer.status} without the structure: ${answer.text.slice(0, 80)}`;
  if (answer.status === 500) return 'HTTP 500';
  const next = await sendEvent(owner.url(changed), { id: 1, at: Math.random() });
  if (!isTaken(next)) return `the next event: HTTP ${next.status} ${next.text}`;
  const live = await ask(`${victim.url}/health/live`);
  return live.text === '{"status":"ok"}' ? undefined : `/health/live answers ${live.text}`;
}

/** Contents that are not the same and may not be taken for the same: each must be another change on the object's page. */
function sameObjects(owner: Connected): Attack[] {
  const pairs: readonly (readonly [string, string, string])[] = [
    ['ids beyond 2^53', '{"id":9007199254740993,"n":1}', '{"id":9007199254740992,"n":1}'],
    ['long decimals', '{"id":501,"n":0.1234567890123456789}', '{"id":501,"n":0.12345678901234567}'],
    ['true and 1', '{"id":502,"n":true}', '{"id":502,"n":1}'],
    ['a number and its text', '{"id":503,"n":7}', '{"id":503,"n":"7"}'],
    ['null and nothing', '{"id":504,"n":null}', '{"id":504}'],
  ];
  return pairs.map(([what, one, other]) => ({
    name: `a change is taken for a repetition: ${what}`,
    async run() {
      await sendEvent(owner.url(changed), one);
      await sendEvent(owner.url(changed), other);
      await settle(owner);
      const json = await ask(await findExport(owner), { from: freshAddress() });
      const id = /"id":(\d+)/.exec(one)?.[1] ?? '';
      const changes = json.text
        .split('\n')
        .filter((line) => line.includes(`"${id.slice(0, 15)}`) || line.includes(id.slice(0, 15)));
      return changes.length >= 2 ? undefined : `${changes.length} of 2 changes in the export`;
    },
  }));
}

/** The address of the JSON export, from the page. */
async function findExport(owner: Connected): Promise<string> {
  const { text } = await ask(owner.page('user/menu'), { from: freshAddress() });
  const path = /href="([^"]*\/user\/menu\/json[^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&');
  if (path === undefined) throw new Error('the page has no export');
  return path.startsWith('http') ? path : new URL(path, owner.request.returnurl).href;
}
