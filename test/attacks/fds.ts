import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { ask } from './ask.ts';
import type { Section } from './attack.ts';
import { changed, freshAddress, isTaken, negotiate, sendEvent } from './stage.ts';

export const fds: Section = {
  name: 'fds',
  async attacks(stage) {
    const [victim, microbizz] = [await stage.victim(), await stage.microbizz()];
    const owner = await victim.connect(microbizz, '2391', freshAddress());
    const sockets: Socket[] = [];
    stage.onEnd(() => {
      for (const socket of sockets) socket.destroy();
    });
    const { port } = new URL(victim.url);
    const opened = (bytes: string | Uint8Array): Promise<void> =>
      new Promise((resolve) => {
        const socket = connect({ port: Number(port), host: '127.0.0.1' });
        sockets.push(socket);
        socket.on('error', () => {
          resolve();
        });
        socket.on('connect', () => {
          socket.write(bytes, () => {
            resolve();
          });
        });
      });
    const works = async (): Promise<string | undefined> => {
      const answer = await sendEvent(owner.url(changed), { id: Math.ceil(Math.random() * 1e6) }, freshAddress());
      return isTaken(answer) ? undefined : `an event: HTTP ${answer.status} ${answer.text}`;
    };
    const unverified = async (): Promise<string> => {
      const from = freshAddress();
      const request = await victim.begin({ from });
      if (request === undefined) throw new Error('/connect shows no request');
      const fields = { endpoint: 'http://127.0.0.1:9/api/endpoint.php', contract: '5', accesstoken: 'x' };
      await negotiate(request, fields, from);
      return new URL(request.hooks.find(({ hook }) => hook.startsWith('event_'))?.url ?? '').pathname;
    };
    return [
      {
        name: '2,000 connections that say nothing',
        async run() {
          await Promise.all(Array.from({ length: 2000 }, () => opened('')));
          const got = await works();
          for (const socket of sockets.splice(0)) socket.destroy();
          return got;
        },
      },
      {
        name: '250 bodies of 1 MB that do not end, to an installation that is not verified: more than 100 MB of memory',
        async run() {
          const path = await unverified();
          const before = victim.server.memory();
          const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000000\r\n\r\n`;
          const bytes = Buffer.concat([Buffer.from(head), Buffer.alloc(999_000, 'x')]);
          await Promise.all(Array.from({ length: 250 }, () => opened(bytes)));
          await pause(1000);
          const more = Math.round((victim.server.memory() - before) / 2 ** 20);
          const got = await works();
          for (const socket of sockets.splice(0)) socket.destroy();
          return got ?? (more > 100 ? `${more} MiB` : undefined);
        },
      },
      {
        name: '3,000 connections that are broken off in the middle of a request',
        async run() {
          for (let round = 0; round < 30; round += 1) {
            await Promise.all(
              Array.from({ length: 100 }, () => opened('POST /events/x HTTP/1.1\r\nContent-Length: 9\r\n\r\nob')),
            );
            for (const socket of sockets.splice(0)) socket.resetAndDestroy();
          }
          return works();
        },
      },
      {
        name: '200 requests whose senders do not wait for the page',
        async run() {
          const { pathname, search } = new URL(owner.page('user/menu'));
          await Promise.all(
            Array.from({ length: 200 }, () => opened(`GET ${pathname}${search} HTTP/1.1\r\nHost: x\r\n\r\n`)),
          );
          for (const socket of sockets.splice(0)) socket.resetAndDestroy();
          const { status } = await ask(owner.page('user/menu'), { from: freshAddress() });
          return status === 200 ? undefined : `HTTP ${status}`;
        },
      },
    ];
  },
};
