import { connect, type Socket } from 'node:net';

export interface Sender {
  /** One at a time: the next one only after `answered`. */
  send(id: number): void;
  close(): void;
}

export interface SenderOptions {
  readonly port: number;
  readonly request: Buffer;
  readonly idAt?: number;
  readonly wanted: string;
  readonly kept: boolean;
  readonly answered: (ok: boolean) => void;
}

const idDigits = 9;
/** What was read is looked at before the next read, so that all sockets can read into the same memory. */
const shared = Buffer.allocUnsafe(65_536);

/**
 * HTTP by hand: the request is bytes made beforehand, in which only the id changes, and of the answer no more is read than its end and
 * whether it says yes. A client library would be dearer than some of the servers here.
 */
export function buildSender({ port, request, idAt, wanted, kept, answered }: SenderOptions): Sender {
  const bytes = Buffer.from(request);
  let socket: Socket | undefined;
  let text = '';
  let busy = false;

  function open(): Socket {
    text = '';
    const opened = connect({
      host: '127.0.0.1',
      port,
      noDelay: true,
      onread: {
        buffer: shared,
        callback(length) {
          if (opened !== socket) return false;
          text += shared.toString('latin1', 0, length);
          if (isWhole(text)) finish();
          return true;
        },
      },
    });
    opened.on('error', () => undefined);
    opened.on('close', () => {
      if (opened !== socket) return;
      socket = undefined;
      if (busy) finish();
    });
    opened.resume();
    return opened;
  }

  function finish(): void {
    const ok = text.startsWith('HTTP/1.1 200') && text.includes(wanted);
    text = '';
    busy = false;
    if (!kept) {
      const done = socket;
      socket = undefined;
      done?.destroy();
    }
    answered(ok);
  }

  return {
    send(id) {
      if (idAt !== undefined) writeId(bytes, idAt, id);
      busy = true;
      socket ??= open();
      socket.write(bytes);
    },
    close() {
      const last = socket;
      socket = undefined;
      last?.destroy();
    },
  };
}

/** Without a length the answer ends with its connection. */
function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return false;
  const length = /\ncontent-length: *(\d+)/i.exec(text)?.[1];
  return length !== undefined && text.length >= end + 4 + Number(length);
}

function writeId(bytes: Buffer, idAt: number, id: number): void {
  for (let rest = id, at = idAt + idDigits - 1; at >= idAt; at -= 1, rest = Math.floor(rest / 10)) {
    bytes[at] = 0x30 + (rest % 10);
  }
}
