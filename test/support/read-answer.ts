import type { Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
  /** True when `100 Continue` came before the answer. */
  readonly continued: boolean;
}

/** Reads one answer that has a Content-Length. Rejects when the connection ends before it is whole. */
export function readAnswer(socket: Socket, onContinue?: () => void): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    let seen = '';
    let continued = false;
    const take = (chunk: Buffer): void => {
      seen += chunk.toString('latin1');
      if (seen.startsWith('HTTP/1.1 100 ') && seen.includes('\r\n\r\n')) {
        continued = true;
        seen = seen.slice(seen.indexOf('\r\n\r\n') + 4);
        onContinue?.();
      }
      const end = seen.indexOf('\r\n\r\n');
      const head = seen.slice(0, end);
      const body = seen.slice(end + 4);
      const length = /content-length: (\d+)/i.exec(head)?.[1];
      if (end < 0 || length === undefined || body.length < Number(length)) return;
      leave();
      resolve({ status: Number(head.split(' ')[1]), head, body, continued });
    };
    const fail = (): void => {
      leave();
      reject(new Error(`The connection ended after: ${seen}`));
    };
    const leave = (): void => void socket.off('data', take).off('end', fail).off('error', fail).off('close', fail);
    socket.on('data', take).on('end', fail).on('error', fail).on('close', fail);
  });
}
