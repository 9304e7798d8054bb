export interface GoObject {
  readonly methods: readonly ('GET' | 'POST' | 'DELETE')[];
  /** The field with the ID; without one there is only one of it, or it is written only. */
  readonly key?: string;
  /** Fields that hold a file. Which objects have any is not in the readable part: INVENTED. */
  readonly files?: readonly string[];
}

/**
 * The objects of the GO API by the name in the address. The names are NOT in the papers (the cell "Endpoint" is empty in all readable
 * copies): the titles in lower case, as `task` and `tasknote` suggest. Methods as documented; those of the last four are a guess.
 */
export const goObjects: Readonly<Record<string, GoObject>> = {
  assignment: { methods: ['GET', 'POST', 'DELETE'], key: 'assignment_id' },
  connection: { methods: ['GET', 'POST', 'DELETE'], key: 'connection_id' },
  cancelsubscription: { methods: ['POST'] },
  company: { methods: ['GET', 'POST'], key: 'company_id', files: ['logo'] },
  currentuser: { methods: ['GET'] },
  deviceid: { methods: ['POST'] },
  foreigncompany: { methods: ['GET'], key: 'foreigncompany_id' },
  notification: { methods: ['GET', 'POST', 'DELETE'], key: 'notification_id' },
  paymenturl: { methods: ['GET'] },
  subscriptioninformation: { methods: ['GET'] },
  task: { methods: ['GET', 'POST'], key: 'task_id', files: ['photo'] },
  tasknote: { methods: ['GET', 'POST'], key: 'tasknote_id', files: ['attachment'] },
  user: { methods: ['GET', 'POST'], key: 'user_id', files: ['picture'] },
  login: { methods: ['POST'] },
  register: { methods: ['POST'] },
};
