import { randomBytes } from 'node:crypto';
import { buildData, type MicrobizzData } from './data/build-data.ts';
import { buildFaults, type Faults, type FormEncoding } from './faults.ts';
import { buildGoState, type GoState } from './go/go-state.ts';
import type { JsonSet } from './json-set.ts';
import type { ConnectRequest, Hook } from './read-connect-request.ts';

/** One app that was accepted. Its hooks are in force as `findLiveConnections` says. */
export interface Connection extends Omit<ConnectRequest, 'hooks'> {
  readonly hooks: readonly Hook[];
  readonly endpoint: string;
  readonly contract: string;
  readonly accesstoken: string;
}

/** An API request as it came. `envelope` is undefined when `json` was missing or no JSON object. */
export interface ApiRequest {
  readonly method: string;
  readonly contentType: string;
  readonly envelope: Readonly<Record<string, unknown>> | undefined;
}

/** An event that was sent to one hook url, and what the documentation makes of the answer. */
export interface Delivery {
  readonly at: string;
  readonly modcode: string;
  readonly hook: string;
  readonly title: string;
  readonly url: string;
  /** HTTP status, 0 when no answer came. */
  readonly status: number;
  readonly body: string;
  readonly ok: boolean;
  readonly error: string;
}

export interface SandboxState extends MicrobizzData {
  /** Known once the sandbox listens. */
  origin: string;
  readonly publicid: string;
  readonly secretkey: string;
  readonly contract: string;
  readonly faults: Faults;
  readonly go: GoState;
  readonly connections: Connection[];
  /** sessiontoken → userid. */
  readonly sessions: Map<string, number>;
  /** accesstokens that are refused from now on, in every call. */
  readonly refusedTokens: Set<string>;
  /** uniqueid → the answer of the command that carried it. */
  readonly answered: Map<string, JsonSet>;
  /** How many envelopes came. */
  envelopes: number;
  /** The events that commands cause, one behind the other. */
  sending: Promise<void>;
  readonly requests: ApiRequest[];
  readonly deliveries: Delivery[];
  /** Who is logged in to this little Microbizz. */
  actingUserId: number;
  readonly now: () => number;
  /** Hex digits of so many random bytes. */
  readonly mint: (bytes: number) => string;
  /** Aborted on close, so that a slow answer or a hanging app does not keep the process. */
  readonly closing: AbortSignal;
}

export interface StateOptions {
  readonly publicid: string;
  readonly secretkey: string;
  readonly contract?: string;
  readonly negotiateAs?: FormEncoding;
  readonly eventsAs?: FormEncoding;
  readonly now?: () => number;
  readonly mint?: (bytes: number) => string;
}

export function buildState(options: StateOptions, closing: AbortSignal): SandboxState {
  return {
    origin: '',
    publicid: options.publicid,
    secretkey: options.secretkey,
    contract: options.contract ?? '2391',
    faults: buildFaults(options.negotiateAs ?? 'multipart', options.eventsAs ?? 'multipart'),
    ...buildData(),
    go: buildGoState(options.now ?? Date.now),
    connections: [],
    sessions: new Map(),
    refusedTokens: new Set(),
    answered: new Map(),
    envelopes: 0,
    sending: Promise.resolve(),
    requests: [],
    deliveries: [],
    actingUserId: 11,
    now: options.now ?? Date.now,
    mint: options.mint ?? ((bytes) => randomBytes(bytes).toString('hex')),
    closing,
  };
}

/** Adds to a record that must not grow for ever. */
export function remember<T>(record: T[], entry: T, most: number): void {
  record.push(entry);
  if (record.length > most) record.splice(0, record.length - most);
}
