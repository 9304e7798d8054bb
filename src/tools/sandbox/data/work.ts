import { longAgo, type MicrobizzObject } from '../microbizz-object.ts';

/** Todos have documented fields, but for `personid`, `changedate` and `changetime` (INVENTED: the page is cut before them). */
export function buildTodos(): MicrobizzObject[] {
  return [
    todo(6101, 'T-10231', 3102, 'A/B Nørregade 14', 'Stoppet gulvafløb i kælder', 13, 'Mette Ågaard', 4102),
    todo(6102, 'T-10244', 3101, 'Bryggergården A/S', 'Nyt målerskab', 12, 'Jørgen Sørensen', 4101),
    todo(6103, 'T-10250', 3103, 'Søgård & Søn ApS', 'Køleanlæg, hal 3', 14, 'Kasper Bæk', 0),
  ];
}

function todo(
  id: number,
  number: string,
  customerid: number,
  customertext: string,
  title: string,
  userid: number,
  usertext: string,
  personid: number,
): MicrobizzObject {
  const where = { workareaid: 1, workareatext: 'Service', customerid, customertext };
  const shown = { icons: [], iconlinks: [], checkpoints: [], title, secondary_text: '' };
  const place = { address: '', address2: '', zip: '9000', city: 'Aalborg', country: 'Danmark' };
  const text = { description: title, htmldescription: title };
  const progress = { stateid: 1, statetext: 'Ny', isclosed: 0, canclose: 1, isaccepted: 0, priority: 3, estimate: 60 };
  const who = { timeusage: 0, userid, closedby_userid: 0, usertext, team: 1, subtodos: [], parenttodo: 0, personid };
  return { id, number, ...where, ...shown, ...place, ...text, ...progress, ...who, ispersonal: 0, isdeleted: 0, ...longAgo };
}

/** INVENTED fields, all but `id`: none of these types is in a readable page. */
export function buildTodoLists(): Record<'todoStates' | 'todoTemplates' | 'tools', MicrobizzObject[]> {
  return {
    todoStates: [
      { id: 1, title: 'Ny', isclosed: 0 },
      { id: 2, title: 'I gang', isclosed: 0 },
      { id: 3, title: 'Afsluttet', isclosed: 1 },
    ],
    todoTemplates: [
      { id: 1, title: 'Eftersyn af køleanlæg', estimate: 120 },
      { id: 2, title: 'Afløbsrens', estimate: 90 },
    ],
    tools: [{ id: 8101, title: 'Kølekompressor, hal 3' }],
  };
}

/** INVENTED fields. `price` in øre, as the one documented price is ("the lowest local currency unit"). */
export function buildProducts(): MicrobizzObject[] {
  const product = (id: number, productnumber: string, name: string, unit: string, price: number): MicrobizzObject => {
    const prices = { price, costprice: Math.round(price * 0.6) };
    return { id, productnumber, name, description: '', unit, ...prices, isdeleted: 0, ...longAgo };
  };
  return [
    product(2101, 'EL-2040', 'Målerskab, 12 moduler', 'stk.', 187_500),
    product(2102, 'VVS-0455', 'Rørbøjning 90°, 50 mm', 'stk.', 3_850),
    product(2103, 'KØL-449', 'Kølemiddel R-449A', 'kg', 41_200),
  ];
}

/** INVENTED fields, after the labels of the user interface. */
export function buildAgreements(): Record<'subscriptions' | 'depotOrderLines' | 'procedures', MicrobizzObject[]> {
  const subscription = (id: number, customerid: number, name: string, productnumber: string): MicrobizzObject => {
    const price = { count: 1, unit: 'stk.', unitprice: 2400, discount: 0, period: 12 };
    return { id, customerid, name, productnumber, ...price, duedate: '2026-12-31', isdeleted: 0, ...longAgo };
  };
  const depot = { invoicedate: '2025-03-31', unit: 'stk.', unitprice: 24, customtext1: '', customtext2: '' };
  return {
    subscriptions: [
      subscription(5101, 3103, 'Serviceaftale, køl', 'ABO-1'),
      subscription(5102, 3101, 'Eltjek, årligt', 'ABO-2'),
    ],
    depotOrderLines: [
      { id: 5201, customerid: 3101, productnumber: 'VVS-0460', producttext: 'Pakning', count: 10, ...depot, ...longAgo },
    ],
    procedures: [
      { id: 5301, title: 'Lækagesøgning', description: 'Søg med detektor, før anlægget åbnes.', isdeleted: 0, ...longAgo },
      { id: 5302, title: 'Udgået procedure', description: '', isdeleted: 1, ...longAgo },
    ],
  };
}
