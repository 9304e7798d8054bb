import { longAgo, type MicrobizzObject } from '../microbizz-object.ts';
import { nameUser, type User } from './users.ts';

/**
 * The fields of invoiceline and productuse are in no readable page: they are INVENTED, from the labels of Microbizz's user interface
 * and the style of its documented types. Prices in kroner: the unit is undocumented too.
 */
export function buildInvoiceLines(users: readonly User[]): MicrobizzObject[] {
  return [
    line(50101, 3101, 9001, 'Bryggergården A/S', 'Montering af målerskab', 'EL-2040', 1, 'stk.', 1875, 12),
    line(50102, 3101, 9001, 'Bryggergården A/S', 'Kørsel – zone 2', 'KM-02', 2, 'gang', 395, 12),
    line(50103, 3102, 9002, 'A/B Nørregade 14', 'Afløbsrens, Nørregade 14', 'VVS-310', 1.5, 'timer', 685, 13),
    line(50104, 3103, 0, 'Søgård & Søn ApS', 'Fejlsøgning på køleanlæg, "hal 3"', 'SRV-100', 3, 'timer', 725, 14),
  ];

  function line(
    id: number,
    customerid: number,
    invoiceid: number,
    customertext: string,
    text: string,
    productnumber: string,
    count: number,
    unit: string,
    unitprice: number,
    userid: number,
  ): MicrobizzObject {
    const what = { invoicedate: '2025-03-31', text, productnumber, count, unit, unitprice, tooltext: '' };
    const texts = { customtext1: '', customtext2: '', ordernumber: '' };
    const state = { isprocessed: invoiceid === 0 ? 0 : 1, isdeleted: 0, ...longAgo };
    return { id, invoiceid, customerid, customertext, ...what, ...texts, ...nameUser(users, userid), ...state };
  }
}

export function buildProductUses(users: readonly User[]): MicrobizzObject[] {
  return [
    use(70201, 'T-10231', 'A/B Nørregade 14', 'Rørbøjning 90°, 50 mm', 'VVS-0455', 4, 'stk.', 38.5, 13),
    use(70202, 'T-10231', 'A/B Nørregade 14', 'Pakning til gulvafløb', 'VVS-0460', 2, 'stk.', 24, 13),
    use(70203, 'T-10244', 'Bryggergården A/S', 'Installationskabel 3G1,5 mm²', 'EL-0031', 25, 'm', 6.75, 12),
    use(70204, 'T-10250', 'Søgård & Søn ApS', 'Kølemiddel R-449A', 'KØL-449', 2.5, 'kg', 412, 14),
  ];

  function use(
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
    const what = { todonumber, customertext, producttext, productnumber, count, unit, unitprice };
    return { id, ...what, ...nameUser(users, userid) };
  }
}
