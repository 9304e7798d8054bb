import type { AddressInfo } from 'node:net';
import type { FastifyServerOptions } from 'fastify';
import { acceptConnection, type Accepted } from './accept-connection.ts';
import { buildInterfaceUrl } from './build-interface-url.ts';
import { awaitSettled } from './cause-event.ts';
import { buildSandboxApp } from './build-sandbox-app.ts';
import { addInvoiceLines } from './add-invoice-lines.ts';
import { changeObject, type Changed } from './change-object.ts';
import type { Faults } from './faults.ts';
import { refuseTokens } from './live-hooks.ts';
import { mintGoToken } from './go/go-specials.ts';
import { openSession } from './open-session.ts';
import { readConnectRequest } from './read-connect-request.ts';
import { buildState, type ApiRequest, type Connection, type SandboxState, type StateOptions } from './sandbox-state.ts';
import { sendEvent, type SendOptions, type Sent } from './send-event.ts';

export interface SandboxOptions extends StateOptions {
  /** 0, the default, is any free port. */
  readonly port?: number;
  readonly host?: string;
  readonly logger?: FastifyServerOptions['logger'];
}

/** A running stand-in for Microbizz, with handles for tests on everything that its pages do by button. */
export interface Sandbox {
  /** Its origin, such as http://127.0.0.1:4000. */
  readonly url: string;
  readonly endpoint: string;
  readonly contract: string;
  readonly state: SandboxState;
  /** Mutable: set a field and the next request is answered so. */
  readonly faults: Faults;
  /** Every accepted connection, oldest first. */
  readonly connections: readonly Connection[];
  /** The last 500 requests to the API. */
  readonly requests: readonly ApiRequest[];
  /** What the button Accept does. Takes the request as a set or as JSON text; throws when the consent page would not have shown it. */
  accept(request: unknown): Promise<Accepted>;
  sendEvent(
    modcode: string,
    hook: string,
    variables: Readonly<Record<string, unknown>>,
    options?: SendOptions,
  ): Promise<Sent>;
  changeInvoiceLine(id: number, changes?: Readonly<Record<string, unknown>>, options?: SendOptions): Promise<Changed>;
  changeProductUse(id: number, changes?: Readonly<Record<string, unknown>>, options?: SendOptions): Promise<Changed>;
  changeCustomer(id: number, changes?: Readonly<Record<string, unknown>>, options?: SendOptions): Promise<Changed>;
  changeTodo(id: number, changes?: Readonly<Record<string, unknown>>, options?: SendOptions): Promise<Changed>;
  /** Makes so many invoice lines more, without events, and answers their ids. */
  addInvoiceLines(count: number): number[];
  /** Resolves when all events that commands of the API have caused were answered. */
  settled(): Promise<void>;
  /** Every accesstoken given out so far gets an envelope error from now on, until `restoreTokens`. A new connection's token works. */
  refuseTokens(): void;
  restoreTokens(): void;
  /** The base address of its GO API, with an access token for it. */
  readonly goUrl: string;
  readonly goToken: string;
  /** Every GO token given out so far gets 401 from now on; a login gives another. */
  expireGoTokens(): void;
  openSession(userid: number): string;
  expireSessions(): void;
  /** The address as the iframe gets it, with a fresh sessiontoken. Throws when no app has registered the hook. */
  interfaceUrl(
    modcode: string,
    hook: string,
    userid: number,
    variables?: Readonly<Record<string, string>>,
    n?: number,
  ): string;
  close(): Promise<void>;
}

export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const closing = new AbortController();
  const state = buildState(options, closing.signal);
  const app = await buildSandboxApp(state, options.logger);
  const host = options.host ?? '127.0.0.1';
  await app.listen({ port: options.port ?? 0, host });
  const { port } = app.server.address() as AddressInfo;
  state.origin = `http://${host}:${port}`;

  return {
    url: state.origin,
    endpoint: `${state.origin}/api/endpoint.php`,
    contract: state.contract,
    state,
    faults: state.faults,
    connections: state.connections,
    requests: state.requests,
    accept: async (request) => {
      const asked = readConnectRequest(typeof request === 'string' ? request : JSON.stringify(request), state.publicid);
      if (asked.ok) return acceptConnection(state, asked.request);
      throw new Error(
        `The sandbox refuses this request: ${asked.faults.map((each) => `${each.field} ${each.reason}`).join('; ')}`,
      );
    },
    sendEvent: (modcode, hook, variables, how) => sendEvent(state, modcode, hook, variables, how),
    changeInvoiceLine: (id, changes, how) => changeObject(state, 'invoice-line', id, changes, how),
    changeProductUse: (id, changes, how) => changeObject(state, 'product-use', id, changes, how),
    changeCustomer: (id, changes, how) => changeObject(state, 'customer', id, changes, how),
    changeTodo: (id, changes, how) => changeObject(state, 'todo', id, changes, how),
    addInvoiceLines: (count) => addInvoiceLines(state, count),
    settled: () => awaitSettled(state),
    refuseTokens: () => {
      refuseTokens(state);
    },
    restoreTokens: () => {
      state.refusedTokens.clear();
    },
    goUrl: `${state.origin}/go/api.php`,
    goToken: mintGoToken(state, 1),
    expireGoTokens: () => {
      state.go.tokens.clear();
    },
    openSession: (userid) => openSession(state, userid),
    expireSessions: () => {
      state.sessions.clear();
    },
    interfaceUrl: (modcode, hook, userid, variables, n) => {
      const url = buildInterfaceUrl(state, modcode, hook, userid, variables, n);
      if (url === undefined) throw new Error(`No connected app has registered ${modcode}/${hook}.`);
      return url;
    },
    close: async () => {
      closing.abort();
      await app.close();
    },
  };
}
