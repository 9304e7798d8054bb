import { request, type Agent, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';

export interface Answer {
  /** 0 when the connection broke or nothing came in time. */
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface AskOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
  /** The address that it comes from, 127.0.0.0/8: limits count by address. */
  readonly from?: string | undefined;
  readonly timeout?: number;
  readonly agent?: Agent;
}

/** One request. The path goes out as it stands: `fetch` would tidy dots and slashes. */
export function ask(url: string, options: AskOptions = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, body, from, timeout = 20_000, agent } = options;
  const [, host = '', port = '', path = '/'] = /^http:\/\/([^/:]+):(\d+)(\/.*)?$/s.exec(url) ?? [];
  return new Promise((resolve) => {
    const broken = (error: Error): void => {
      resolve({ status: 0, headers: {}, text: (error as NodeJS.ErrnoException).code ?? error.message });
    };
    try {
      const asked = request(
        { host, port, path, method, headers, localAddress: from, timeout, agent: agent ?? false },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', broken);
          answer.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text });
          });
        },
      );
      asked.on('error', broken);
      asked.on('timeout', () => asked.destroy(new Error('no answer in time')));
      asked.end(body);
    } catch (error) {
      broken(error as Error);
    }
  });
}

export function postForm(
  url: string,
  fields: Readonly<Record<string, string>>,
  options: AskOptions = {},
): Promise<Answer> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded', ...options.headers };
  return ask(url, { method: 'POST', body: new URLSearchParams(fields).toString(), ...options, headers });
}

export interface RawAnswer {
  readonly text: string;
  readonly closed: boolean;
  readonly ms: number;
}

/** Bytes as they are, and what came until the other side closed or `wait` milliseconds had passed. */
export function sendRaw(origin: string, bytes: string | Uint8Array, wait = 1500, from?: string): Promise<RawAnswer> {
  const { hostname, port } = new URL(origin);
  const began = performance.now();
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), ...(from !== undefined && { localAddress: from }) });
    const chunks: Buffer[] = [];
    const end = (closed: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text: Buffer.concat(chunks).toString('latin1'), closed, ms: performance.now() - began });
    };
    const timer = setTimeout(() => {
      end(false);
    }, wait);
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => {
      end(true);
    });
    socket.on('close', () => {
      end(true);
    });
    socket.write(bytes);
  });
}
