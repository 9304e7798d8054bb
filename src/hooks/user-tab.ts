import { definePage } from '../interfaces/define-page.ts';
import { describeChanges } from './describe-changes.ts';

/** A tab on every user: what changed lately in the objects that name this user. */
export const userTab = definePage({
  modcode: 'user',
  hook: 'tab',
  title: 'Ændringer',
  view: 'hooks/changes',
  data: (context) => {
    const { id = '', usercode = '' } = context.variables;
    return describeChanges(context, { userid: id, usercode });
  },
});
