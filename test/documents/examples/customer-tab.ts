import { z } from 'zod';
import { definePage } from '../../../src/server/interfaces/define-page.ts';

export const customerTab = definePage({
  modcode: 'customer',
  hook: 'tab',
  title: 'Underkunder', // on the tab, in Microbizz
  query: z.object({ all: z.enum(['', 'yes']).catch('') }),
  async load({ api, query, variables }) {
    const input = { customerid: Number(variables.id), includeall: query.all === 'yes' };
    const { customers } = await api.run('GetCustomersByParentID', input);
    return { customers };
  },
  view: 'app/customer-tab',
});
