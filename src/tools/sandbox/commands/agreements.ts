import type { Commands } from './command.ts';
import { lastChangeInput, listByLastChange } from './list-by-last-change.ts';

/** Subscriptions, depot order lines and procedures: the rest of Ventu's page "Customer commands", read only. */
export const agreementCommands: Commands = {
  GetSubscriptionsByCustomerID: {
    input: { customerid: 'number' },
    run: ({ state, input }) => ({
      subscriptions: state.subscriptions.filter((each) => each['customerid'] === input['customerid']),
    }),
  },
  // Spelled so on the page.
  GetSubscriptionsBylastChangeID: {
    input: lastChangeInput,
    run: (call) => listByLastChange(call, call.state.subscriptions, 'subscriptions'),
  },
  GetDepotOrderLinesByLastChange: {
    input: lastChangeInput,
    run: (call) => listByLastChange(call, call.state.depotOrderLines, 'lines'),
  },
  GetProceduresByLastChange: {
    input: { ...lastChangeInput, skip_deleted: 'boolean?' },
    run: (call) => {
      const { procedures } = call.state;
      const listed = call.input['skip_deleted'] === 1 ? procedures.filter((each) => !each['isdeleted']) : procedures;
      return listByLastChange(call, listed, 'procedures');
    },
  },
};
