import { ask, postForm } from './ask.ts';
import type { Section } from './attack.ts';
import { changed, freshAddress, isTaken, negotiate, sendEvent } from './stage.ts';

const forged = 'A'.repeat(44);

export const limits: Section = {
  name: 'limits',
  async attacks(stage) {
    const [victim, microbizz] = [await stage.victim(), await stage.microbizz()];
    const owner = await victim.connect(microbizz, '2391', freshAddress());
    const flood = freshAddress();
    const statuses = async (times: number, act: () => Promise<{ status: number }>): Promise<number[]> => {
      const seen: number[] = [];
      for (let time = 0; time < times; time += 1) seen.push((await act()).status);
      return seen;
    };
    /** An installation whose token Microbizz refuses, and one whose Microbizz is not reached. */
    const unverified = async (endpoint: string): Promise<string> => {
      const from = freshAddress();
      const request = await victim.begin({ solution: microbizz.origin, from });
      if (request === undefined) throw new Error('/connect shows no request');
      await negotiate(request, { endpoint, contract: '5', accesstoken: 'wrong' }, from);
      await ask(request.returnurl, { from });
      return request.hooks.find(({ hook }) => hook === 'event_invoice_line_change')?.url ?? '';
    };
    return [
      {
        name: '70 forged event keys from one address',
        short: true,
        async run() {
          const seen = await statuses(70, () =>
            sendEvent(`${victim.url}/events/${forged}/${changed}`, { id: 1 }, flood),
          );
          return seen.includes(429) ? undefined : 'no end';
        },
      },
      {
        name: 'they slow down whoever has a good key, at the same address',
        async run() {
          const answer = await sendEvent(owner.url(changed), { id: 1 }, flood);
          return isTaken(answer) ? undefined : `HTTP ${answer.status}`;
        },
      },
      {
        name: 'they keep the pages from another address',
        async run() {
          const { status } = await ask(owner.page('user/menu'), { from: freshAddress() });
          return status === 200 ? undefined : `HTTP ${status}`;
        },
      },
      {
        name: '70 forged keys, each with another X-Forwarded-For',
        async run() {
          const from = freshAddress();
          let at = 0;
          const seen = await statuses(70, () => {
            at += 1;
            const headers = { 'x-forwarded-for': `10.0.0.${at}`, forwarded: `for=10.0.0.${at}` };
            return postForm(`${victim.url}/events/${forged}/${changed}`, { object: '{}' }, { from, headers });
          });
          return seen.includes(429) ? undefined : 'the header is believed';
        },
      },
      {
        name: '70 forged page keys from one address',
        async run() {
          const from = freshAddress();
          const seen = await statuses(70, () => ask(`${victim.url}/interfaces/${forged}/user/menu`, { from }));
          return seen.includes(429) ? undefined : 'no end';
        },
      },
      {
        name: '70 bad negotiates to one address',
        async run() {
          const from = freshAddress();
          const request = await victim.begin({ from });
          if (request === undefined) throw new Error('/connect shows no request');
          const seen = await statuses(70, () => negotiate(request, { endpoint: 'x' }, from));
          return seen.includes(429) ? undefined : 'no end';
        },
      },
      {
        name: '40 visits to /connect by somebody keep everybody else out',
        async run() {
          const from = freshAddress();
          await statuses(40, () => ask(`${victim.url}/connect`, { from }));
          const { status } = await ask(`${victim.url}/connect`, { from: freshAddress() });
          return status === 200 ? undefined : `HTTP ${status}`;
        },
      },
      {
        name: 'events are kept for an installation whose token Microbizz refused',
        async run() {
          const url = await unverified(microbizz.endpoint);
          const answer = await sendEvent(url, { id: 1, text: 'x'.repeat(900_000) });
          return isTaken(answer) ? 'an event of 0.9 MB is kept' : undefined;
        },
      },
      {
        name: 'more than 2 MiB of events are kept for an installation whose Microbizz cannot be reached',
        async run() {
          const url = await unverified('http://127.0.0.1:9/api/endpoint.php');
          let bytes = 0;
          for (let id = 1; id <= 10; id += 1)
            if (isTaken(await sendEvent(url, { id, text: 'x'.repeat(500_000) }))) bytes += 500_000;
          return bytes > 2 * 1024 * 1024 ? `${bytes} bytes` : undefined;
        },
      },
    ];
  },
};
