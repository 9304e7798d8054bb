import { z } from 'zod';
import type { GoParameters } from './build-url.ts';
import { dropReadOnly } from './drop-read-only.ts';
import { Id, type GoName, type GoObject, type GoObjects } from './objects.ts';
import type { RequestGo } from './go-request.ts';
import { checkInput, readMany, readOne, readWritten } from './read-answer.ts';

export type GoFields<N extends GoName> = z.output<GoObjects[N]['fields']>;
type Written<N extends GoName> = Partial<z.input<GoObjects[N]['fields']>>;
/** A new object has no key yet; the fields of an object without one are all needed. */
type New<N extends GoName> = GoObjects[N] extends { key: string } ? Written<N> : z.input<GoObjects[N]['fields']>;

interface CallOptions {
  readonly signal?: AbortSignal;
}
export interface ReadOptions extends CallOptions {
  /** File fields come with their bytes (`include_binary_data`): "can yield very large responses". `readFile` reads them. */
  readonly binary?: boolean;
}

interface Acts<N extends GoName> {
  readonly get: GoObjects[N] extends { single: true }
    ? (options?: ReadOptions) => Promise<GoFields<N>>
    : (id: Id, options?: ReadOptions) => Promise<GoFields<N>>;
  /** The documentation does not say which parameters an object accepts. */
  readonly find: (parameters?: GoParameters, options?: ReadOptions) => Promise<GoFields<N>[]>;
  /** Answers all fields that come back. */
  readonly create: (fields: New<N>, options?: CallOptions) => Promise<Partial<GoFields<N>>>;
  /** Fields that are left out stay as they are. An object as it was read may be given: see `dropReadOnly`. */
  readonly update: (id: Id, fields?: Written<N>, options?: CallOptions) => Promise<Partial<GoFields<N>>>;
  readonly delete: (id: Id, options?: CallOptions) => Promise<void>;
}

/** The operations on one object: only those that its methods allow. */
export type ObjectClient<N extends GoName> = Pick<Acts<N>, GoObjects[N]['acts'][number]>;

export function buildObject(name: string, object: GoObject, request: RequestGo): object {
  const { key, fields, single } = object;
  const some = fields.partial();
  const fresh = key === undefined ? fields : fields.extend({ [key]: Id.optional() });
  const reading = ({ binary, signal }: ReadOptions, parameters: GoParameters = {}): object => ({
    parameters: { ...parameters, ...(binary === true && { include_binary_data: 1 }) },
    signal,
  });

  const acts = {
    async get(id: Id, options: ReadOptions = {}) {
      return readOne(fields, (await request('GET', name, { id, ...reading(options) })).document, name);
    },
    async find(parameters: GoParameters = {}, options: ReadOptions = {}) {
      return readMany(fields, (await request('GET', name, reading(options, parameters))).document, name);
    },
    async create(given: object, { signal }: CallOptions = {}) {
      const { document } = await request('POST', name, { body: checkInput(fresh, given), signal });
      return readWritten(some, document, name);
    },
    async update(id: Id, given: object = {}, { signal }: CallOptions = {}) {
      const body = dropReadOnly(`${name}_id`, id, checkInput(some, given));
      const { document } = await request('POST', name, { id, body, signal });
      return readWritten(some, document, name);
    },
    async delete(id: Id, { signal }: CallOptions = {}) {
      await request('DELETE', name, { id, signal });
    },
  };
  const getSingle = async (options: ReadOptions = {}): Promise<object> =>
    readOne(fields, (await request('GET', name, reading(options))).document, name);
  const allowed = Object.entries(acts).filter(([act]) => (object.acts as readonly string[]).includes(act));
  return { ...Object.fromEntries(allowed), ...(single && { get: getSingle }) };
}
