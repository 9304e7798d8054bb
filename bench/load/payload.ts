import { encodePhpJson } from '../../src/tools/sandbox/encode-php-json.ts';

export type Form = 'urlencoded' | 'multipart';

export interface Request {
  readonly request: string;
  readonly idAt?: number;
  readonly wanted: string;
}

const id = '987654321';

/** An invoice line of 45 fields. Ventu documents none of them but `id`: these are invented, in the style of its documented types. */
const line = {
  id: Number(id),
  invoiceid: 40_217,
  customerid: 90_144,
  customertext: 'Bryggergården A/S',
  customernumber: 'K-10482',
  contactid: 5512,
  contacttext: 'Mette Ågaard',
  todoid: 81_234,
  todonumber: 'T-10231',
  invoicedate: '2026-03-31',
  duedate: '2026-04-30',
  productid: 2040,
  productnumber: 'EL-2040',
  producttext: 'Målerskab, 3-faset',
  text: 'Montering af målerskab, Nørregade 14',
  tooltext: '',
  count: 1.5,
  unit: 'timer',
  unitprice: 685,
  costprice: 312.5,
  discount: 0,
  vatpercent: 25,
  total: 1027.5,
  totalvat: 256.88,
  currency: 'DKK',
  account: '1010',
  department: 'EL',
  project: 'P-2026-031',
  userid: 12,
  usercode: 'JSØ',
  usertext: 'Jørgen Sørensen',
  createdate: '2026-03-02',
  createtime: '08:14:55',
  changedate: '2026-03-31',
  changetime: '14:02:11',
  createuserid: 11,
  changeuserid: 12,
  sortorder: 3,
  isinvoiced: 0,
  isdeleted: 0,
  iscredit: 0,
  externalid: 'a1f3c77e-04',
  customtext1: 'Adgang gennem gården',
  customtext2: '',
  customtext3: '',
};

/** The POST as PHP's curl writes it: the object as json_encode writes it, in the form field `object`. */
export function buildRequest(path: string, form: Form): Request {
  const json = encodePhpJson(line);
  const { contentType, body } = form === 'urlencoded' ? urlencoded(json) : multipart(json);
  const head = [
    `POST ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Accept: */*',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `Content-Type: ${contentType}`,
  ];
  const request = Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`, 'latin1');
  return { request: request.toString('base64'), idAt: request.indexOf(id), wanted: '{"status":true' };
}

/** The GET of a page with a table in it, as a browser on this machine sends it. */
export function buildGet(path: string): Request {
  const head = [
    `GET ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'Accept-Language: da,en;q=0.5',
  ];
  const request = Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1');
  return { request: request.toString('base64'), wanted: '</table>' };
}

function urlencoded(json: string): { contentType: string; body: string } {
  const body = new URLSearchParams({ object: json }).toString();
  return { contentType: 'application/x-www-form-urlencoded', body };
}

function multipart(json: string): { contentType: string; body: string } {
  const boundary = '------------------------d74496d66958873e';
  const body = `--${boundary}\r\nContent-Disposition: form-data; name="object"\r\n\r\n${json}\r\n--${boundary}--\r\n`;
  return { contentType: `multipart/form-data; boundary=${boundary}`, body };
}

/** The fields as an inbox holds them. */
export function storedFields(): string {
  return JSON.stringify({ object: encodePhpJson(line) });
}
