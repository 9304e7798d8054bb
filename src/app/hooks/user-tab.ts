import { definePage, type Named } from '../../server/interfaces/define-page.ts';
import { exportCsv, exportJson } from './changes/export-changes.ts';
import { listChanges } from './changes/list-changes.ts';
import { buildChangesQuery } from './changes/read-filter.ts';
import { ObjectQuery, showObject } from './changes/show-object.ts';

/** A year: the picture is by week. */
const query = buildChangesQuery('365');

/** A tab on every user: the changes of the objects that name this user. */
export const userTab = definePage({
  modcode: 'user',
  hook: 'tab',
  title: 'Ændringer',
  query,
  load: (context) => listChanges(context, namedBy(context.variables)),
  view: 'app/changes',
  remember: true,
  pages: {
    object: { query: ObjectQuery, load: showObject, view: 'app/object' },
    csv: { query, download: (context) => Promise.resolve(exportCsv(context, namedBy(context.variables))) },
    json: { query, download: (context) => Promise.resolve(exportJson(context, namedBy(context.variables))) },
  },
});

function namedBy({ id, usercode }: { readonly id: string; readonly usercode: string }): Named {
  return { userid: id, usercode };
}
