import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Started } from './start-process.ts';

/** Asks until there is an HTTP answer, whatever it says: the first one ends the wait. */
export async function waitForAnswer(port: number, started: Started, path = '/health/live'): Promise<void> {
  const until = performance.now() + 20_000;
  while (!(await isAnswered(port, path))) {
    if (started.child.exitCode !== null || performance.now() > until)
      throw new Error(`A server did not start. ${started.complaint()}`);
    await sleep(2);
  }
}

function isAnswered(port: number, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port }, () => {
      socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
    });
    socket.once('data', () => {
      resolve(true);
      socket.destroy();
    });
    socket.once('error', () => {
      resolve(false);
    });
    socket.once('close', () => {
      resolve(false);
    });
  });
}
