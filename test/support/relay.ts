import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Relay {
  readonly port: number;
  close(): void;
}

/** A way to `target` on this machine on which everything takes `delay` milliseconds, in each direction: bytes, ends and resets. */
export async function startRelay(target: number, delay: number): Promise<Relay> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true });
    pass(near, far);
    pass(far, near);
  });

  /** Timers of one length fire in the order in which they were set, so nothing overtakes anything. */
  function pass(from: Socket, to: Socket): void {
    sockets.add(from.setNoDelay());
    const later = (what: () => void): void => void setTimeout(what, delay);
    from.on('data', (chunk: Buffer) => {
      later(() => to.destroyed || to.write(chunk));
    });
    from.on('end', () => {
      later(() => to.end());
    });
    from.on('error', () => {
      later(() => to.resetAndDestroy());
    });
    from.on('close', () => sockets.delete(from));
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
