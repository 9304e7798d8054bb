import type { MicrobizzObject } from '../microbizz-object.ts';

/** Documented fields. Sums in øre: the type says number, which is an integer; the unit is undocumented. */
export function buildInvoices(): MicrobizzObject[] {
  return [
    invoice(9001, 'F-20001', 3101, 'Bryggergården A/S', 'Maltvej 8', '9000', 'Aalborg', 333_125),
    invoice(9002, 'F-20002', 3102, 'A/B Nørregade 14', 'Nørregade 14', '9800', 'Hjørring', 128_438),
  ];
}

function invoice(
  id: number,
  number: string,
  customerid: number,
  name: string,
  address: string,
  zip: string,
  city: string,
  totalsum: number,
): MicrobizzObject {
  const who = { customerid, customertext: name, userid: 11, usertext: 'Anne Holm', sellerid: 11, sellertext: 'Anne Holm' };
  const from = { fromname: 'Nordvest Service ApS', fromaddress: 'Havnen 2', fromaddress2: '', fromzip: '9800' };
  const more = { fromcity: 'Hjørring', fromcountry: 'Danmark', fromperson: 'Anne Holm', fromemail: '' };
  const to = { toname: name, toaddress: address, toaddress2: '', tozip: zip, tocity: city, tocountry: 'Danmark' };
  const contact = { toperson: '', toemail: `faktura@${customerid}.example`, additionaltoemail: [], toean: '' };
  const place = { deliveryname: '', deliveryaddress: '', deliveryaddress2: '', deliveryzip: '', deliverycity: '' };
  const text = { deliverycountry: '', additionaltext1: '', additionaltext2: '', requisition: '', team: 1 };
  const money = { totalsum, payment_currency: 'DKK', remainder: totalsum };
  const dates = { bookeddate: '2025-03-31', paiddate: '', duedate: '2025-04-14', invoicedate: '2025-03-31' };
  const terms = { paymentterms_out: 1, layout_out: 1, paymentterms_in: 1, layout_in: 1 };
  const flags = { isposted: 1, ispayed: 0, iscredit: 0, iserror: 0 };
  return { id, number, ...who, ...from, ...more, ...to, ...contact, ...place, ...text, ...money, ...dates, ...terms, ...flags };
}
