import { randomBytes } from 'node:crypto';
import { buildInvoiceLines, buildProductUses, danishUsers, type MicrobizzObject, type User } from './danish-data.ts';
import { buildFaults, type Faults, type FormEncoding } from './faults.ts';
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

export interface SandboxState {
  /** Known once the sandbox listens. */
  origin: string;
  readonly publicid: string;
  readonly secretkey: string;
  readonly contract: string;
  readonly faults: Faults;
  readonly users: readonly User[];
  readonly invoiceLines: MicrobizzObject[];
  readonly productUses: MicrobizzObject[];
  readonly connections: Connection[];
  /** sessiontoken → userid. */
  readonly sessions: Map<string, number>;
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
    users: danishUsers,
    invoiceLines: buildInvoiceLines(),
    productUses: buildProductUses(),
    connections: [],
    sessions: new Map(),
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
