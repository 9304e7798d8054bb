import { longAgo, type MicrobizzObject } from '../microbizz-object.ts';

/** Documented fields, but for `parentid` and `changetime` (INVENTED: the page is cut before them). Every person and number is made up. */
export function buildCustomers(): MicrobizzObject[] {
  return [
    customer(3101, 'K-1001', 'Bryggergården A/S', 'Maltvej 8', '9000', 'Aalborg', 1, 0),
    customer(3102, 'K-1002', 'A/B Nørregade 14', 'Nørregade 14', '9800', 'Hjørring', 2, 0),
    customer(3103, 'K-1003', 'Søgård & Søn ApS', 'Ågade 3, port 2', '9400', 'Nørresundby', 1, 0),
    customer(3104, 'K-1001-1', 'Bryggergården, lager Øst', 'Maltvej 10', '9000', 'Aalborg', 1, 3101),
    customer(3105, 'K-1001-2', 'Bryggergården, kølehus', 'Maltvej 10, bygn. C', '9000', 'Aalborg', 1, 3104),
    { ...customer(3106, 'K-0917', 'Frk. Jensens Vaskeri', 'Algade 1', '9000', 'Aalborg', 1, 3101), isdeleted: 1 },
  ];
}

function customer(
  id: number,
  customernumber: string,
  name: string,
  address: string,
  zip: string,
  city: string,
  typeid: number,
  parentid: number,
): MicrobizzObject {
  const numbers = { customernumber, creditornumber: '', vat: `10${id}99`, vatpercentage: 25, publicid: '' };
  const text = { name, description: '', secondary_text: `${address}, ${zip} ${city}`, icons: [] };
  const references = { ourreference: 11, ourreferencetext: 'Anne Holm', theirreference: 0, theirreferencetext: '' };
  const place = { address, address2: '', zip, city, country: 'Danmark', longitude: 9.92, latitude: 57.05 };
  const bill = { invoiceaddress: '', invoiceaddress2: '', invoicezip: '', invoicecity: '', invoicecountry: '' };
  const contact = { phone: '+45 98 00 00 00', fax: '', www: '', email: `kontakt@${id}.example`, trade: '', team: 1 };
  const kind = { typeid, typetext: typeid === 2 ? 'Boligforening' : 'Erhverv', alertradius: 0, parentid };
  const flags = { isprospect: 0, issubcontractor: 0, isblocked: 0, isdeleted: 0, invoiceup: 0 };
  const times = { createdate: '2024-01-08', createtime: '08:00:00', ...longAgo };
  return { id, ...numbers, ...text, ...references, ...place, ...bill, ...contact, ...kind, ...flags, ...times };
}

/** Documented fields, as far as the page could be read. */
export function buildPersons(): MicrobizzObject[] {
  return [person(4101, 'Birthe', 'Østergård', 'birthe@3101.example'), person(4102, 'Åge', 'Lykke', 'aage@3102.example')];
}

function person(id: number, firstname: string, lastname: string, email: string): MicrobizzObject {
  const place = { address: '', address2: '', zip: '9000', city: 'Aalborg', country: 'Danmark' };
  const contact = { phone: '', mobile: '+45 31 00 00 00', fax: '', www: '', email };
  const times = { createdate: '2024-01-08', createtime: '08:00:00', ...longAgo };
  return { id, firstname, lastname, ...place, ...contact, secondary_text: '', ...times };
}

/** `id` and `title` are documented for main groups; for types and roles they are INVENTED after them. */
export function buildCustomerLists(): Record<'customerTypes' | 'customerRoles' | 'maingroups', MicrobizzObject[]> {
  return {
    customerTypes: [
      { id: 1, title: 'Erhverv' },
      { id: 2, title: 'Boligforening' },
    ],
    customerRoles: [
      { id: 1, title: 'Ejer' },
      { id: 2, title: 'Vicevært' },
    ],
    maingroups: [
      { id: 1, title: 'El' },
      { id: 2, title: 'VVS' },
      { id: 3, title: 'Køl' },
    ],
  };
}
