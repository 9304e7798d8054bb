import { fileURLToPath } from 'node:url';
import { once } from 'node:events';
import { startProcess, stopProcess } from '../process/start-process.ts';
import { findFreePort } from '../../test/support/find-free-port.ts';
import { waitForAnswer } from '../process/wait-for-port.ts';

export interface Receiver {
  readonly url: string;
  count(): Promise<number>;
  stop(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const port = await findFreePort();
  const script = fileURLToPath(new URL('receiver.ts', import.meta.url));
  const started = startProcess({ script, args: [String(port)], ipc: true });
  await waitForAnswer(port, started);
  return {
    url: `http://127.0.0.1:${port}/`,
    async count() {
      const answer = once(started.child, 'message') as Promise<[number]>;
      started.child.send('count');
      return (await answer)[0];
    },
    stop: () => stopProcess(started),
  };
}
