import { set } from './sets.ts';
import { number, unstated } from './basic.ts';

/** Only its id is implied by the commands. */
export const invoiceline = set('invoiceline', { id: number });
/** Seed 004 names its two fields and no types. */
export const maingroup = set('maingroup', { id: unstated, title: unstated });

// No readable page lists a field of these: they pass as they come.
export const answer = set('answer', {});
export const note = set('note', {});
export const user = set('user', {});
export const product = set('product', {});
export const customertype = set('customertype', {});
export const customerRole = set('CustomerRole', {});
export const subscription = set('subscription', {});
export const document = set('document', {});
export const folder = set('folder', {});
export const depotorderline = set('depotorderline', {});
export const procedure = set('procedure', {});
export const todotemplate = set('todotemplate', {});
export const todostate = set('todostate', {});
