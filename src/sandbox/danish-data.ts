/**
 * The people and objects of the sandbox. The fields of user, invoiceline and productuse are in no readable page of Ventu's
 * documentation: these are INVENTED, from the labels of Microbizz' user interface and the style of its documented types.
 */
export interface User {
  readonly id: number;
  readonly usercode: string;
  readonly name: string;
  readonly title: string;
  readonly email: string;
  readonly phone: string;
}

/** An object as events carry it. Loose, since only `id` is certain. */
export type MicrobizzObject = { id: number } & Record<string, unknown>;

export const danishUsers: readonly User[] = [
  user(11, 'AH', 'Anne Holm', 'Servicekoordinator', '20 11 22 33'),
  user(12, 'JSØ', 'Jørgen Sørensen', 'Elektriker', '20 11 22 34'),
  user(13, 'MÅ', 'Mette Ågaard', 'VVS-montør', '20 11 22 35'),
  user(14, 'KB', 'Kasper Bæk', 'Lærling', '20 11 22 36'),
];

function user(id: number, usercode: string, name: string, title: string, phone: string): User {
  return {
    id,
    usercode,
    name,
    title,
    email: `${usercode.toLowerCase()}@nordvest-service.example`,
    phone: `+45 ${phone}`,
  };
}

/** Fresh copies, because the sandbox changes them. Prices in kroner: the unit is undocumented too. */
export function buildInvoiceLines(): MicrobizzObject[] {
  return [
    invoiceLine(50101, 'Bryggergården A/S', 'Montering af målerskab', 'EL-2040', 1, 'stk.', 1875, 12),
    invoiceLine(50102, 'Bryggergården A/S', 'Kørsel – zone 2', 'KM-02', 2, 'gang', 395, 12),
    invoiceLine(50103, 'A/B Nørregade 14', 'Afløbsrens, Nørregade 14', 'VVS-310', 1.5, 'timer', 685, 13),
    invoiceLine(50104, 'Søgård & Søn ApS', 'Fejlsøgning på køleanlæg, "hal 3"', 'SRV-100', 3, 'timer', 725, 14),
  ];
}

function invoiceLine(
  id: number,
  customertext: string,
  text: string,
  productnumber: string,
  count: number,
  unit: string,
  unitprice: number,
  userid: number,
): MicrobizzObject {
  const customtexts = { customtext1: '', customtext2: '' };
  const line = {
    id,
    customertext,
    invoicedate: '2025-03-31',
    text,
    productnumber,
    count,
    unit,
    unitprice,
    tooltext: '',
  };
  return { ...line, ...customtexts, ...nameUser(userid), isdeleted: 0 };
}

export function buildProductUses(): MicrobizzObject[] {
  return [
    productUse(70201, 'T-10231', 'A/B Nørregade 14', 'Rørbøjning 90°, 50 mm', 'VVS-0455', 4, 'stk.', 38.5, 13),
    productUse(70202, 'T-10231', 'A/B Nørregade 14', 'Pakning til gulvafløb', 'VVS-0460', 2, 'stk.', 24, 13),
    productUse(70203, 'T-10244', 'Bryggergården A/S', 'Installationskabel 3G1,5 mm²', 'EL-0031', 25, 'm', 6.75, 12),
    productUse(70204, 'T-10250', 'Søgård & Søn ApS', 'Kølemiddel R-449A', 'KØL-449', 2.5, 'kg', 412, 14),
  ];
}

function productUse(
  id: number,
  todonumber: string,
  customertext: string,
  producttext: string,
  productnumber: string,
  count: number,
  unit: string,
  unitprice: number,
  userid: number,
): MicrobizzObject {
  return { id, todonumber, customertext, producttext, productnumber, count, unit, unitprice, ...nameUser(userid) };
}

/** Which user an object belongs to, in the three forms in which the documented types name users. */
export function nameUser(userid: number): { userid: number; usercode: string; usertext: string } {
  const found = danishUsers.find((each) => each.id === userid);
  if (found === undefined) throw new Error(`The sandbox has no user ${userid}.`);
  return { userid, usercode: found.usercode, usertext: found.name };
}
