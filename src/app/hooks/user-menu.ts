import { definePage } from '../../server/interfaces/define-page.ts';
import { exportCsv, exportJson } from './changes/export-changes.ts';
import { listChanges } from './changes/list-changes.ts';
import { buildChangesQuery } from './changes/read-filter.ts';
import { ObjectQuery, showObject } from './changes/show-object.ts';

const query = buildChangesQuery('30');

/** A menu item in the user module: the changes, with links to each object and its history. */
export const userMenu = definePage({
  modcode: 'user',
  hook: 'menu',
  title: 'Ændringer',
  query,
  load: (context) => listChanges(context),
  view: 'app/changes',
  remember: true,
  pages: {
    object: { query: ObjectQuery, load: showObject, view: 'app/object' },
    csv: { query, download: (context) => Promise.resolve(exportCsv(context)) },
    json: { query, download: (context) => Promise.resolve(exportJson(context)) },
  },
});
