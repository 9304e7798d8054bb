import type { MicrobizzObject } from '../microbizz-object.ts';
import { refuse, setOf, type Call, type Commands } from './command.ts';
import { storeObject } from './store-object.ts';

/** Ventu's page "Product commands". Prices are never disabled here, so `include_prices` changes nothing. */
export const productCommands: Commands = {
  CreateUpdateProductByID: {
    input: { product: 'product' },
    run: (call) => {
      const given = setOf(call.input['product']);
      const existing = call.state.products.find(({ id }) => id === given['id']);
      if (given['id'] && existing === undefined) return refuse('Unknown product');
      return { product: storeObject(call, 'product', given, existing) };
    },
  },
  CreateUpdateProductByProductNumber: {
    input: { product: 'product' },
    run: (call) => {
      const given = setOf(call.input['product']);
      if (!given['productnumber']) return refuse('product.productnumber is missing');
      return { product: storeObject(call, 'product', given, findProduct(call, given['productnumber'])) };
    },
  },
  GetProductByID: {
    input: { productid: 'number', include_prices: 'boolean?' },
    run: ({ state, input }) => ({ products: state.products.filter(({ id }) => id === input['productid']) }),
  },
  GetProductByProductNumber: {
    input: { productnumber: 'string', include_prices: 'boolean?' },
    run: (call) => {
      const product = findProduct(call, call.input['productnumber']);
      return { products: product === undefined ? [] : [product] };
    },
  },
  // Both succeed silently when the product or the customer does not exist, as the page says.
  AssignIndividualPriceByProductNumber: {
    input: { productnumber: 'string', customerid: 'number', price: 'number' },
    run: (call) => {
      const key = priceKey(call);
      if (key !== undefined) call.state.individualPrices.set(key, Number(call.input['price']));
      return {};
    },
  },
  RemoveIndividualPriceByProductNumber: {
    input: { productnumber: 'string', customerid: 'number' },
    run: (call) => {
      const key = priceKey(call);
      if (key !== undefined) call.state.individualPrices.delete(key);
      return {};
    },
  },
};

function findProduct({ state }: Call, productnumber: unknown): MicrobizzObject | undefined {
  return state.products.find((each) => each['productnumber'] === productnumber);
}

function priceKey(call: Call): string | undefined {
  const product = findProduct(call, call.input['productnumber']);
  const customer = call.state.customers.find(({ id }) => id === call.input['customerid']);
  return product && customer && `${product.id}/${customer.id}`;
}
