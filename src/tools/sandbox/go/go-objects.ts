/** `hyper`: an object of any kind, as related_object; the framework does not take it in the shape in which it shows it. */
export type GoType = 'key' | 'text' | 'boolean' | 'reference' | 'hyper' | 'file' | 'time';

export interface GoObject {
  readonly methods: readonly ('GET' | 'POST' | 'DELETE')[];
  /** Without any it is no object, but one thing that can be asked or done: see go-specials. "!" behind a type: required in a new one. */
  readonly fields?: Readonly<Record<string, GoType | `${GoType}!`>>;
}

/** Every object of the framework has them; read-only. */
const dates = { create_date: 'time', change_date: 'time' } as const;

const company: NonNullable<GoObject['fields']> = {
  ...{ vat_id: 'text', companyname: 'text!', branch: 'text', address: 'text', address2: 'text', zip: 'text' },
  ...{ city: 'text', country: 'text', phone: 'text', email: 'text', contactperson: 'text', additionaltext: 'text' },
};

/**
 * The objects of the GO API by the name in the address. The names are NOT in the documentation (the cell "Endpoint" is empty in all readable
 * copies): the titles in lower case, as `task` and `tasknote` suggest. Methods as documented; those of the last four are a guess. Fields
 * of task after foreigncompany_ref, those of tasknote and user, which objects hold a file, and which fields are required are INVENTED:
 * the page is cut there, or does not say.
 */
export const goObjects: Readonly<Record<string, GoObject>> = {
  assignment: {
    methods: ['GET', 'POST', 'DELETE'],
    fields: { assignment_id: 'key', task_ref: 'reference!', user_ref: 'reference!', ...dates },
  },
  connection: {
    methods: ['GET', 'POST', 'DELETE'],
    fields: {
      ...{ connection_id: 'key', company_ref: 'reference!', foreigncompany_ref: 'reference!', text: 'text' },
      ...{ outgoing_connection: 'boolean', connection_status: 'text', ...dates },
    },
  },
  cancelsubscription: { methods: ['POST'] },
  company: { methods: ['GET', 'POST'], fields: { company_id: 'key', ...company, logo: 'file', ...dates } },
  currentuser: { methods: ['GET'] },
  deviceid: { methods: ['POST'] },
  foreigncompany: { methods: ['GET'], fields: { foreigncompany_id: 'key', ...company, ...dates } },
  notification: {
    methods: ['GET', 'POST', 'DELETE'],
    fields: {
      ...{ notification_id: 'key', user_ref: 'reference!', text: 'text', is_read: 'boolean' },
      ...{ related_object: 'hyper', ...dates },
    },
  },
  paymenturl: { methods: ['GET'] },
  subscriptioninformation: { methods: ['GET'] },
  task: {
    methods: ['GET', 'POST'],
    fields: {
      ...{ task_id: 'key', company_ref: 'reference', foreigncompany_ref: 'reference', taskname: 'text!' },
      ...{ description: 'text', status: 'text', photo: 'file', ...dates },
    },
  },
  tasknote: {
    methods: ['GET', 'POST'],
    fields: {
      ...{ tasknote_id: 'key', task_ref: 'reference!', user_ref: 'reference', text: 'text!' },
      ...{ attachment: 'file', ...dates },
    },
  },
  user: {
    methods: ['GET', 'POST'],
    fields: { user_id: 'key', company_ref: 'reference', username: 'text', name: 'text!', picture: 'file', ...dates },
  },
  login: { methods: ['POST'] },
  register: { methods: ['POST'] },
};
