import { definePage } from '../interfaces/define-page.ts';
import { describeChanges } from './describe-changes.ts';

/** A menu item in the user module: what changed lately. */
export const userMenu = definePage({
  modcode: 'user',
  hook: 'menu',
  title: 'Seneste ændringer',
  view: 'hooks/changes',
  data: (context) => describeChanges(context),
});
