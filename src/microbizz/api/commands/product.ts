import { command } from './define-command.ts';
import { collection } from './types/sets.ts';
import { product } from './types/undocumented.ts';
import { boolean, number, string } from './types/basic.ts';

export const productCommands = {
  CreateUpdateProductByID: command({
    description: 'Creates (id 0) or overwrites a product.',
    source: 'wiki 20250640 / micropedia Product commands',
    input: {
      product: product.describe('The product'),
    },
    output: {
      product: product.optional().describe('As stored'),
    },
  }),
  CreateUpdateProductByProductNumber: command({
    description: 'Same by product number; several: an unpredictable one; no number: fails; id ignored.',
    source: 'wiki 20250640 / micropedia Product commands',
    input: {
      product: product.describe('The product'),
    },
    output: {
      product: product.optional().describe('As stored'),
    },
  }),
  GetProductByID: command({
    description: 'Product by id.',
    source: 'wiki 20250640 / micropedia Product commands',
    reads: true,
    input: {
      productid: number.describe('Product id'),
      include_prices: boolean.optional().describe('Prices even if disabled'),
    },
    output: {
      products: collection(product).describe('None or one'),
    },
  }),
  GetProductByProductNumber: command({
    description: 'Product by number; several: an unpredictable one.',
    source: 'wiki 20250640 / micropedia Product commands',
    reads: true,
    input: {
      productnumber: string.describe('Product number'),
      include_prices: boolean.optional().describe('Prices even if disabled'),
    },
    output: {
      products: collection(product).describe('None or one'),
    },
  }),
  AssignIndividualPriceByProductNumber: command({
    description:
      'Gives a customer an individual price of a product; succeeds silently if product or customer does not exist.',
    source: 'wiki 315555845 (older version of Product commands)',
    input: {
      productnumber: string.describe('Product number'),
      customerid: number.describe('Customer'),
      price: number.describe('Unit price in the lowest local currency unit (typically Danish oere)'),
    },
    output: {},
  }),
  RemoveIndividualPriceByProductNumber: command({
    description: 'Takes it away again; succeeds silently if nothing is there.',
    source: 'wiki 315555845',
    note: 'customerid row cut after ’Id of the cus’',
    input: {
      productnumber: string.describe('Product number'),
      customerid: number.describe('Customer'),
    },
    output: {},
  }),
};
