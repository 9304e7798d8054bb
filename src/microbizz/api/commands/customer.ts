import { command } from './define-command.ts';
import { collection } from './types/sets.ts';
import { customer } from './types/customer.ts';
import {
  customerRole,
  customertype,
  depotorderline,
  document,
  folder,
  maingroup,
  procedure,
} from './types/undocumented.ts';
import { binary, boolean, date, number, string, time } from './types/basic.ts';

export const customerCommands = {
  CreateUpdateCustomerByID: command({
    description: 'Creates (id 0) or overwrites (existing id) a company.',
    source: 'micropedia Customer commands',
    input: {
      customer: customer.describe('The company'),
    },
    output: {
      customer: customer.optional().describe('As stored after the update'),
    },
  }),
  CreateUpdateCustomerByCustomerNumber: command({
    description:
      'Same, found by customer number; several matches: an unpredictable one is overwritten; no number: fails; the id in the input is ignored.',
    source: 'micropedia Customer commands',
    input: {
      customer: customer.describe('The company'),
    },
    output: {
      customer: customer.optional().describe('As stored after the update'),
    },
  }),
  GetCustomerByID: command({
    description: 'Customer by Microbizz id; empty collection if none.',
    source: 'micropedia Customer commands',
    reads: true,
    input: {
      customerid: number.describe('Customer id'),
    },
    output: {
      customers: collection(customer).describe('None or exactly one'),
    },
  }),
  GetCustomersByParentID: command({
    description: 'Customers that have the given customer as parent.',
    source: 'micropedia Customer commands',
    reads: true,
    input: {
      customerid: number.describe('Parent id'),
      ignoreclosed: boolean.optional().describe('Leave out closed/deleted'),
      includeall: boolean.optional().describe('1: grandchildren and deeper too'),
    },
    output: {
      customers: collection(customer).describe('Found customers, may be empty'),
    },
  }),
  GetCustomerByCustomerNumber: command({
    description: 'Customer by number; several matches: an unpredictable one.',
    source: 'micropedia Customer commands',
    reads: true,
    input: {
      customernumber: string.describe('Customer number'),
    },
    output: {
      customers: collection(customer).describe('None or one'),
    },
  }),
  GetCustomerByName: command({
    description: 'Customer by name, case ignored; several matches: an unpredictable one.',
    source: 'micropedia Customer commands',
    reads: true,
    input: {
      customername: string.describe('Name'),
    },
    output: {
      customers: collection(customer).describe('None or one'),
    },
  }),
  GetCustomersByLastChange: command({
    description: 'Customers changed since a date/time.',
    source: 'micropedia Customer commands',
    reads: true,
    paged: { items: 'customers' },
    input: {
      changedate: date.optional().describe('Changed on or after this date'),
      changetime: time.optional().describe('If given: changed after this date and time'),
      resumekey: string.optional().describe('Key of a partial result, to fetch the rest'),
      ignoreclosed: boolean.optional().describe('1: leave out customers the current user has no access to'),
      skip_deleted: boolean.optional().describe('1: leave out deleted'),
    },
    output: {
      customers: collection(customer).describe('Relevant customers'),
      resumekey: string.optional().describe('Key of a partial result, to fetch the rest'),
      qfoncheckout: number.optional().describe('ID of the question form to fill in at checkout from a customer'),
    },
  }),
  GetDepotOrderLinesByLastChange: command({
    description: 'Depot order lines changed since.',
    source: 'micropedia Customer commands',
    note: 'resumekey listed as input only',
    reads: true,
    paged: { items: 'lines' },
    input: {
      changedate: date.optional().describe('Changed on or after this date'),
      changetime: time.optional().describe('If given: changed after this date and time'),
      resumekey: string.optional().describe('Key of a partial result, to fetch the rest'),
    },
    output: {
      lines: collection(depotorderline).describe('The lines'),
    },
  }),
  GetDocumentsByCustomerID: command({
    description: 'Documents on a customer.',
    source: 'micropedia Customer commands',
    reads: true,
    input: {
      customerid: number.describe('Customer ID'),
      inclthumbs: boolean.optional().describe('With thumbnails'),
      inclfolders: boolean.optional().describe('With folders'),
    },
    output: {
      documents: collection(document).describe('Documents'),
      folders: collection(folder).describe('Folders'),
    },
  }),
  GetCustomerTypes: command({
    description: 'All customer types; replaces earlier ones.',
    source: 'micropedia Customer commands',
    reads: true,
    input: {},
    output: {
      types: collection(customertype).describe('All types'),
    },
  }),
  GetProceduresByLastChange: command({
    description: 'Procedures changed since.',
    source: 'micropedia Customer commands',
    note: 'resumekey listed as input only',
    reads: true,
    paged: { items: 'procedures' },
    input: {
      changedate: date.optional().describe('Changed on or after this date'),
      changetime: time.optional().describe('If given: changed after this date and time'),
      resumekey: string.optional().describe('Key of a partial result, to fetch the rest'),
      skip_deleted: boolean.optional().describe('1: leave out deleted'),
    },
    output: {
      procedures: collection(procedure).describe('Procedures'),
    },
  }),
  AddFileToCustomer: command({
    description: 'Adds a file to a company.',
    source: 'micropedia Customer commands',
    input: {
      customerid: number.describe('Customer'),
      filename: string.describe('File name'),
      filedata: binary.describe('Base64 content, required'),
      title: string.optional().describe('Title, not a file name'),
      folder: string.optional().describe('Folder path, e.g. FilesFromAPI/Diagrams'),
    },
    output: {},
  }),
  AddPhotoToCustomer: command({
    description: 'Adds a JPEG photo to a company.',
    source: 'micropedia Customer commands',
    input: {
      customerid: number.describe('Customer'),
      title: string.optional().describe('Title'),
      imagedata: binary.describe('JPEG, base64'),
      onxnet: boolean.optional().describe('1: visible on the extranet'),
      createdate: date.optional().describe('When taken'),
      createtime: time.optional().describe('When taken'),
      tags: collection(number).optional().describe('Tag IDs'),
      documentid: number.optional().describe('Existing file to update instead of creating'),
    },
    output: {
      document: document.optional().describe('The document'),
    },
  }),
  GetMaingroups: command({
    description: 'All main groups.',
    source: 'micropedia Customer commands',
    reads: true,
    input: {},
    output: {
      maingroups: collection(maingroup).describe('Each with id and title'),
    },
  }),
  GetCustomerRoles: command({
    description: 'List of customer roles.',
    source: 'micropedia Customer commands',
    reads: true,
    input: {},
    output: {
      customer_roles: collection(customerRole).describe('Roles'),
    },
  }),
  GetParentCustomers: command({
    description: 'All parents of a customer, nearest first.',
    source: 'micropedia Customer commands',
    reads: true,
    input: {
      customerid: number.describe('The child'),
      ignoreclosed: boolean.optional().describe('1: leave out closed/deleted'),
    },
    output: {
      customers: collection(customer).describe('First parent, second parent, '),
    },
  }),
};
