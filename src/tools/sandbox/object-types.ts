/** The words that Ventu's documentation uses for types, and the complex types that a command takes. */
export type FieldType =
  | 'number'
  | 'float'
  | 'string'
  | 'lstring'
  | 'email'
  | 'boolean'
  | 'date'
  | 'time'
  | 'binary'
  | 'collection'
  | 'collection[number]'
  | 'collection[string]'
  | 'set'
  | ObjectType;

export type Fields = Readonly<Record<string, FieldType>>;
export type ObjectType = 'customer' | 'todo' | 'invoice' | 'invoiceline' | 'product' | 'user';

function all(type: FieldType, names: string): Record<string, FieldType> {
  return Object.fromEntries(names.split(' ').map((name) => [name, type]));
}

/**
 * customer, todo and invoice as far as the pages could be read (docs/protocol.md §4.4; a test compares). The other three are in no
 * readable page: INVENTED, from labels of the user interface. A field that is not here is kept as it comes, as a custom field would be.
 */
export const objectTypes: Readonly<Record<ObjectType, Fields>> = {
  customer: {
    ...all('number', 'id ourreference theirreference vatpercentage team typeid alertradius'),
    ...all(
      'string',
      'customernumber creditornumber name secondary_text ourreferencetext theirreferencetext vat publicid',
    ),
    ...all('string', 'address address2 zip city country invoiceaddress invoiceaddress2 invoicezip invoicecity'),
    ...all('string', 'invoicecountry phone fax www trade typetext'),
    ...all('boolean', 'isprospect issubcontractor isblocked isdeleted invoiceup'),
    ...all('float', 'longitude latitude'),
    ...all('date', 'createdate changedate'),
    ...{ description: 'lstring', icons: 'collection[number]', email: 'email', createtime: 'time' },
    // INVENTED: the page is cut before them, and how a customer names its parent is in no readable page.
    ...{ changetime: 'time', parentid: 'number' },
  },
  todo: {
    ...all(
      'number',
      'id workareaid customerid stateid priority estimate timeusage userid closedby_userid team parenttodo',
    ),
    ...all(
      'string',
      'number workareatext customertext title secondary_text address address2 zip city country statetext',
    ),
    ...all('string', 'usertext'),
    ...all('boolean', 'isclosed canclose isaccepted ispersonal isdeleted'),
    ...all('collection[number]', 'icons checkpoints subtodos'),
    ...all('lstring', 'description htmldescription'),
    ...{ iconlinks: 'collection' },
    // INVENTED: the page is cut before them.
    ...{ changedate: 'date', changetime: 'time', personid: 'number', toolid: 'number' },
  },
  invoice: {
    ...all(
      'number',
      'id customerid userid sellerid team totalsum remainder paymentterms_out layout_out paymentterms_in',
    ),
    ...all('number', 'layout_in'),
    ...all('string', 'number requisition customertext usertext sellertext fromname fromaddress fromaddress2 fromzip'),
    ...all('string', 'fromcity fromcountry fromperson fromemail toname toaddress toaddress2 tozip tocity tocountry'),
    ...all('string', 'toperson toemail toean deliveryname deliveryaddress deliveryaddress2 deliveryzip deliverycity'),
    ...all('string', 'deliverycountry additionaltext1 additionaltext2 payment_currency'),
    ...all('date', 'bookeddate paiddate duedate invoicedate'),
    ...all('boolean', 'isposted ispayed iscredit iserror'),
    ...{ additionaltoemail: 'collection[string]' },
  },
  invoiceline: {
    ...all('number', 'id invoiceid customerid userid'),
    ...all(
      'string',
      'customertext text productnumber unit tooltext customtext1 customtext2 ordernumber usercode usertext',
    ),
    ...all('float', 'count unitprice'),
    ...all('date', 'invoicedate changedate'),
    ...all('boolean', 'isprocessed isdeleted'),
    ...{ changetime: 'time' },
  },
  product: {
    ...all('number', 'id price costprice'),
    ...all('string', 'productnumber name unit'),
    ...all('date', 'changedate'),
    ...{ description: 'lstring', isdeleted: 'boolean', changetime: 'time' },
  },
  user: {
    ...all('string', 'usercode name title phone'),
    ...{ id: 'number', email: 'email', isdeleted: 'boolean' },
  },
};

/** Fields that are documented as (readonly), and those that the server sets itself: ignored on send, as Ventu's page says. */
export const readonlyFields: ReadonlySet<string> = new Set([
  ...['ourreferencetext', 'theirreferencetext', 'typetext', 'workareatext', 'customertext', 'statetext', 'usertext'],
  ...['subtodos', 'ispersonal', 'createdate', 'createtime', 'changedate', 'changetime'],
]);
