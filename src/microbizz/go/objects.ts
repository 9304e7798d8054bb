import { z } from 'zod';

/** IDs as they came, number or string: the documentation does not state their types, and JSON from PHP may hold either. */
export const Id = z.union([z.number(), z.string()]);
export type Id = z.output<typeof Id>;
const Text = z.union([z.string(), z.number().transform(String)]).nullish();
/** `true false 1 0 "1" "0"`. Written as a JSON boolean. */
const Flag = z
  .union([z.boolean(), z.literal([1, '1']).transform(() => true), z.literal([0, '0']).transform(() => false)])
  .nullish();
/** Money and numbers in the API's own unit, which is not stated. */
const Amount = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^-?\d+(\.\d+)?$/)
      .transform(Number),
  ])
  .nullish();
const Ref = Id.nullish();

const company = {
  vat_id: Text,
  companyname: Text,
  branch: Text,
  address: Text,
  address2: Text,
  zip: Text,
  city: Text,
  country: Text,
  phone: Text,
  contactperson: Text,
  additionaltext: Text,
};

/**
 * The operations on an object. get: GET NAME/ID, or GET NAME where it has no key · find: GET NAME?… · create: POST NAME ·
 * update: POST NAME/ID · delete: DELETE NAME/ID.
 */
export type Act = 'get' | 'find' | 'create' | 'update' | 'delete';

export interface GoObject {
  readonly acts: readonly Act[];
  /** The field that holds the ID. Left out: there is one of it, without an ID, or its key is not known. */
  readonly key?: string;
  readonly fields: z.ZodObject;
  /** GET without an ID answers the one that there is. */
  readonly single?: true;
  readonly note: string;
}

const all = ['get', 'find', 'create', 'update', 'delete'] as const;

/**
 * The objects of the GO API (Ventu's "Microbizz GO API specification", docs/protocol.md §6). The row "Endpoint" of every object is empty in all
 * readable copies: these names are the objects' own in lower case, as its examples `task` and `tasknote` suggest, and `names` of openGo
 * replaces them. Fields that are not listed pass through untouched.
 */
export const objects = {
  assignment: {
    acts: all,
    key: 'assignment_id',
    fields: z.looseObject({ assignment_id: Id, task_ref: Ref, user_ref: Ref }),
    note: 'Binds a task to a user.',
  },
  connection: {
    acts: all,
    key: 'connection_id',
    fields: z.looseObject({
      connection_id: Id,
      company_ref: Ref,
      foreigncompany_ref: Ref,
      /** Otherwise ingoing. */
      outgoing_connection: Flag,
      connection_status: z.union([z.string(), z.number()]).nullish(),
      text: Text,
    }),
    note: 'Between a company and a foreign company. The values of connection_status are not stated.',
  },
  cancelsubscription: {
    acts: ['update'],
    fields: z.looseObject({}),
    note: 'Ends a subscription. Its ID is a company’s; it has no fields.',
  },
  company: {
    acts: ['get', 'find', 'create', 'update'],
    key: 'company_id',
    fields: z.looseObject({ company_id: Id, ...company }),
    note: 'A user sees its own company only. The name of the field with the e-mail address is lost.',
  },
  currentuser: {
    acts: ['get'],
    single: true,
    fields: z.looseObject({}),
    note: 'The user whose access token it is, as the object user.',
  },
  deviceid: {
    acts: ['create'],
    fields: z.looseObject({ platform_name: z.enum(['android', 'ios']), device_id_string: z.string() }),
    note: 'For push messages to the current user. The same one may be sent again.',
  },
  foreigncompany: {
    acts: ['get', 'find'],
    key: 'foreigncompany_id',
    fields: z.looseObject({ foreigncompany_id: Id, ...company }),
    note: 'A company that a company can be connected to. The name of the field with the e-mail address is lost.',
  },
  notification: {
    acts: all,
    key: 'notification_id',
    fields: z.looseObject({
      notification_id: Id,
      user_ref: Ref,
      text: Text,
      is_read: Flag,
      /** `object` is the name of an object, `id` the ID in it; null when the notification is about none. */
      related_object: z.looseObject({ object: Text, id: Ref }).nullish(),
    }),
    note: 'What the app tells its user.',
  },
  paymenturl: {
    acts: ['get'],
    single: true,
    fields: z.looseObject({ url: z.string() }),
    note: 'An address to pay at.',
  },
  subscriptioninformation: {
    acts: ['get'],
    single: true,
    fields: z.looseObject({
      /** When false, nothing else comes. */
      got_subscription: Flag,
      renewing: Flag,
      /** YYYY-MM-DD, or false. */
      end_date: z.union([z.string(), z.literal(false)]).nullish(),
      unit_price: Amount,
      total_price: Amount,
    }),
    note: 'The currency of the prices is not stated.',
  },
  task: {
    acts: ['get', 'find', 'create', 'update'],
    key: 'task_id',
    fields: z.looseObject({ task_id: Id, company_ref: Ref, foreigncompany_ref: Ref }),
    note: 'Given by the foreign company to the company. Its fields after foreigncompany_ref are cut in every readable copy.',
  },
  tasknote: {
    acts: ['get', 'find', 'create', 'update'],
    fields: z.looseObject({}),
    note: 'Known by name only: key, fields and methods are cut.',
  },
  user: {
    acts: ['get', 'find', 'create', 'update'],
    fields: z.looseObject({}),
    note: 'Known by name only: key, fields and methods are cut.',
  },
  login: {
    acts: ['create'],
    fields: z.looseObject({}),
    note: 'Takes user name and password, answers an access token: `login` of the client. The names of its fields are cut.',
  },
  register: {
    acts: ['create'],
    fields: z.looseObject({}),
    note: 'Answers an access token: `register` of the client. Its fields are cut.',
  },
} as const satisfies Readonly<Record<string, GoObject>>;

export type GoObjects = typeof objects;
export type GoName = keyof GoObjects;

export function isGoName(name: string): name is GoName {
  return Object.hasOwn(objects, name);
}
