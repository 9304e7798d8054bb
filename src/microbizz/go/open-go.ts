import { readJson } from '../domain/read-json.ts';
import { hideSecrets } from '../domain/hide-secrets.ts';
import { isLoopback } from '../domain/hosts.ts';
import { Secret } from '../domain/secret.ts';
import { buildUrl } from './build-url.ts';
import { encodeFiles } from './file-field.ts';
import { errorOfStatus, GoError } from './go-error.ts';
import type { GoAnswer, GoRequest, RequestGo } from './go-request.ts';
import { holdToken, type TokenHolder } from './hold-token.ts';
import { isGoName, objects, type GoName } from './objects.ts';
import { buildObject, type ObjectClient } from './object-client.ts';
import { buildSend, type GoMethod, type Received, type Request } from './send.ts';

export interface GoOptions {
  /** Such as https://go-api.microbizz.dk/api.php; http only on this machine. */
  readonly url: string;
  readonly token: Secret | undefined;
  /** Gets a new token when the API refuses the one in use, by `login` for example. Asked once for all calls that wait for it. */
  readonly renew?: () => Promise<Secret>;
  /** Ends every call of this client. */
  readonly signal?: AbortSignal;
  /** Milliseconds for one request; 30,000 when left out. */
  readonly timeout?: number;
  /** The objects' names in addresses, where they differ from our table. */
  readonly names?: Readonly<Partial<Record<GoName, string>>>;
}

export type GoClient = { readonly [N in Exclude<GoName, 'login' | 'register'>]: ObjectClient<N> } & {
  readonly request: RequestGo;
  /** Gets an access token; this client uses it from then on. The names of the two fields are cut in the documentation: these are guesses. */
  login(person: { username: string; password: Secret }): Promise<Secret>;
  /** The same for somebody new. The fields are cut in the documentation. A `Secret` among them is sent as it is. */
  register(fields: Readonly<Record<string, unknown>>): Promise<Secret>;
};

/** The fields of a login. A `Secret` among them is sent as its value. */
type Person = Readonly<Record<string, unknown>>;

/** The state that the requests of one client share. */
interface ClientState {
  readonly options: GoOptions;
  readonly send: (request: Request) => Promise<Received>;
  readonly tokens: TokenHolder;
}

/** A client of the Microbizz GO API, which is another product than the Microbizz that tenants connect (docs/protocol.md §6). */
export function openGo(options: GoOptions): GoClient {
  const client: ClientState = { options, send: buildSend(), tokens: holdToken(options.token, options.renew) };
  const { protocol, hostname } = new URL(options.url);
  if (protocol !== 'https:' && !isLoopback(hostname))
    throw new GoError('input', 'GO_URL: must be https, unless it is this machine.');
  const request: RequestGo = (method, object, what) => requestDocument(client, method, object, what);
  const typed = Object.fromEntries(
    Object.entries(objects)
      .filter(([name]) => name !== 'login' && name !== 'register')
      .map(([name, object]) => [name, buildObject(name, object, request)]),
  );
  return {
    ...typed,
    request,
    login: (person) => enter(client, 'login', { ...person }),
    register: (fields) => enter(client, 'register', fields),
  } as GoClient;
}

async function requestDocument(
  client: ClientState,
  method: GoMethod,
  object: string,
  what: GoRequest = {},
): Promise<GoAnswer> {
  const { status, text } = await exchange(client, method, object, what);
  if (text.trim() === '') return { status, document: undefined };
  const document = parse(text);
  if (document === undefined) throw new GoError('answer', 'GO answered with something that is not JSON.', { status });
  return { status, document };
}

async function enter(client: ClientState, object: 'login' | 'register', person: Person): Promise<Secret> {
  const { text, cookie, status } = await exchange(client, 'POST', object, {}, person);
  const named = parse(text) as { access_token?: unknown } | null | undefined;
  const token = typeof named?.access_token === 'string' ? named.access_token : cookie;
  if (token === undefined || token === '')
    throw new GoError('answer', `GO answered ${object} without an access token.`, { status });
  const secret = new Secret(token);
  client.tokens.set(secret);
  return secret;
}

/** `person`: the login fields. Such a request carries no token, and a 401 is its answer. */
async function exchange(
  client: ClientState,
  method: GoMethod,
  object: string,
  what: GoRequest,
  person?: Person,
): Promise<Received> {
  const { send, tokens } = client;
  const common = prepare(client.options, method, object, what, person);
  let token = person === undefined ? tokens.get() : undefined;
  let received = await send({ ...common, token: token?.reveal() });
  if (received.status === 401 && person === undefined) {
    const fresh = await tokens.renewInsteadOf(token);
    if (fresh !== undefined) {
      token = fresh;
      received = await send({ ...common, token: token.reveal() });
    }
  }
  if (received.status < 200 || received.status > 299) {
    const secrets = [token, ...Object.values(person ?? {})].filter((each) => each instanceof Secret);
    throw errorOfStatus(received.status, readFailure(received.text, secrets));
  }
  return received;
}

function prepare(
  { url: base, names = {}, timeout = 30_000, signal: ending }: GoOptions,
  method: GoMethod,
  object: string,
  { id, parameters, body, signal }: GoRequest,
  person: Person | undefined,
): Omit<Request, 'token'> {
  const signals = [ending, signal].filter((each) => each !== undefined);
  const given = person === undefined ? body : reveal(person);
  return {
    method,
    url: buildUrl(base, (isGoName(object) ? names[object] : undefined) ?? object, id, parameters),
    body: given === undefined ? undefined : JSON.stringify(encodeFiles(given)),
    timeout,
    signal: signals.length > 0 ? AbortSignal.any(signals) : undefined,
  };
}

function reveal(person: Person): object {
  return Object.fromEntries(
    Object.entries(person).map(([name, value]) => [name, value instanceof Secret ? value.reveal() : value]),
  );
}

/** An error document may repeat our request: secrets in it must not be passed on. */
function readFailure(text: string, secrets: readonly Secret[]): unknown {
  if (parse(text) === undefined) return undefined;
  return hideSecrets(
    text,
    secrets.map((secret) => secret.reveal()),
  );
}

function parse(text: string): unknown {
  try {
    return readJson(text);
  } catch {
    return undefined;
  }
}
