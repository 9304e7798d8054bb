export type GoRecord = Record<string, unknown>;

export interface GoFile {
  readonly filename: string;
  readonly mimetype: string;
  readonly binary: string;
}

/** What the GO API knows: another product, with data and tokens of its own. */
export interface GoState {
  readonly records: Readonly<Record<string, GoRecord[]>>;
  /** access_token → user_id. */
  readonly tokens: Map<string, number>;
  /** Files by the "internal ID" that the fields hold. */
  readonly files: Map<number, GoFile>;
  /** user name → its password and user. */
  readonly logins: Map<string, { readonly password: string; readonly userid: number }>;
  renewing: boolean;
  readonly now: () => number;
}

/** The company of all users here; there is another one, so that something can be forbidden. */
export const ownCompany = 1;

/** Fields after the readable part (task, tasknote, user) and the company's e-mail, whose name is lost, are INVENTED. */
export function buildGoState(now: () => number): GoState {
  const records: Record<string, GoRecord[]> = {
    company: [
      company('company_id', 1, 'Nordvest Service ApS', 'Havnen 2', '9800', 'Hjørring'),
      company('company_id', 2, 'Limfjordens VVS I/S', 'Kajen 7', '9000', 'Aalborg'),
    ],
    foreigncompany: [
      company('foreigncompany_id', 71, 'Bryggergården A/S', 'Maltvej 8', '9000', 'Aalborg'),
      company('foreigncompany_id', 72, 'Søgård & Søn ApS', 'Ågade 3', '9400', 'Nørresundby'),
    ],
    connection: [
      {
        ...{ connection_id: 81, company_ref: 1, foreigncompany_ref: 71, outgoing_connection: false },
        ...{ connection_status: 'accepted', text: 'Vi vil gerne sende jer opgaver' },
      },
    ],
    user: [
      { user_id: 1, company_ref: 1, username: 'anne@nordvest-service.example', name: 'Anne Holm', picture: null },
      { user_id: 2, company_ref: 1, username: 'mette@nordvest-service.example', name: 'Mette Ågaard', picture: null },
    ],
    task: [
      {
        ...{ task_id: 101, company_ref: 1, foreigncompany_ref: 71, taskname: 'Nyt målerskab', description: '' },
        ...{ status: 'NEW', photo: null },
      },
    ],
    tasknote: [{ tasknote_id: 111, task_ref: 101, user_ref: 1, text: 'Ring først til Birthe', attachment: null }],
    assignment: [{ assignment_id: 121, task_ref: 101, user_ref: 2 }],
    notification: [
      {
        ...{ notification_id: 131, user_ref: 1, text: 'Bryggergården A/S has sent you the task Nyt målerskab' },
        ...{ is_read: false, related_object: { object: 'task', id: 101 } },
      },
    ],
  };
  const dates = { create_date: '2025-01-06 08:00:00', change_date: '2025-03-14 09:30:00' };
  for (const record of Object.values(records).flat()) Object.assign(record, dates);
  const logins = new Map([['anne@nordvest-service.example', { password: 'sandbox', userid: 1 }]]);
  return { records, tokens: new Map(), files: new Map(), logins, renewing: true, now };
}

function company(key: string, id: number, companyname: string, address: string, zip: string, city: string): GoRecord {
  const place = { address, address2: '', zip, city, country: 'Danmark' };
  const contact = { phone: '+45 98 00 00 01', email: `post@${id}.example`, contactperson: 'Anne Holm' };
  return {
    [key]: id,
    vat_id: `2000000${id}`,
    companyname,
    branch: 'Håndværk',
    ...place,
    ...contact,
    additionaltext: '',
  };
}
