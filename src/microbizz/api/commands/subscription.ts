import { command } from './define-command.ts';
import { collection } from './types/sets.ts';
import { subscription } from './types/undocumented.ts';
import { date, number, string, time } from './types/basic.ts';

export const subscriptionCommands = {
  GetSubscriptionsByCustomerID: command({
    description: 'All subscriptions of a company.',
    source: 'micropedia Customer commands',
    reads: true,
    input: {
      customerid: number.describe('Company ID'),
    },
    output: {
      subscriptions: collection(subscription).describe('Subscriptions'),
    },
  }),
  GetSubscriptionsBylastChangeID: command({
    description: 'Subscriptions changed since a date. Spelled exactly so on the page.',
    source: 'micropedia Customer commands',
    note: 'resumekey is listed as an output but not as an input; send it back as input anyway, as the general rule says',
    reads: true,
    paged: { items: 'subscriptions' },
    input: {
      changedate: date.optional().describe('Changed on or after this date'),
      changetime: time.optional().describe('If given: changed after this date and time'),
    },
    output: {
      subscriptions: collection(subscription).describe('Subscriptions'),
      resumekey: string.optional().describe('Key of a partial result, to fetch the rest'),
    },
  }),
};
