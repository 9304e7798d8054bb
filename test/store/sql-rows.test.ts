import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import ts from 'typescript';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { openSqliteStore } from '../../src/server/store/sqlite/open-sqlite-store.ts';
import { replaceSealed } from '../../src/server/store/sqlite/sealed-rows.ts';
import { saveBackup } from '../../src/server/store/sqlite/save-backup.ts';

/** Where `database.prepare` is called, `file:line`, and what it is said to take and to return. */
interface Site {
  readonly takes: ts.Type | undefined;
  readonly returns: ts.Type | undefined;
}
interface Prepared {
  readonly sql: string;
  readonly columns: readonly Database.ColumnDefinition[];
  /** Names of the columns that may be null. */
  readonly nullable: ReadonlySet<string>;
}

const folder = resolve('src/server/store/sqlite');
const at = (file: string, line: number): string => `${file.slice(folder.length + 1)}:${line}`;

/** Of tables as they were first made: filled in every row that there is now, or in every row that the statement selects. */
const neverNull = new Set([
  ...['installations.negotiated_at', 'installations.endpoint', 'installations.contract', 'installations.accesstoken'],
  ...['events.fields', 'tenants.retention_days', 'handlings.due_at', 'handlings.lease'],
]);

afterEach(() => {
  vi.restoreAllMocks();
});

function readSites(): { checker: ts.TypeChecker; sites: Map<string, Site> } {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const { config } = ts.readConfigFile('tsconfig.json', (path) => ts.sys.readFile(path)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, '.');
  const program = ts.createProgram(
    files.map((name) => join(folder, name)),
    options,
  );
  const checker = program.getTypeChecker();
  const sites = new Map<string, Site>();
  for (const file of program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(folder))) {
    const visit = (node: ts.Node): void => {
      ts.forEachChild(node, visit);
      if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return;
      if (node.expression.name.text !== 'prepare') return;
      const { line } = file.getLineAndCharacterOfPosition(node.expression.name.getStart());
      const [takes, returns] = (node.typeArguments ?? []).map((each) => checker.getTypeFromTypeNode(each));
      sites.set(at(file.fileName, line + 1), { takes, returns });
    };
    visit(file);
  }
  return { checker, sites };
}

/** Every statement that the adapter prepares, while it is opened and used. */
async function prepareAll(): Promise<Map<string, Prepared>> {
  const prepared = new Map<string, Prepared>();
  const prepare = Reflect.get(Database.prototype, 'prepare') as (
    this: Database.Database,
    sql: string,
  ) => Database.Statement;
  vi.spyOn(Database.prototype, 'prepare').mockImplementation(function (this: Database.Database, sql: string) {
    const statement = prepare.call(this, sql);
    const [, file, line] =
      /(\/[^():\n]*\/src\/server\/store\/sqlite\/(?!keep-plans)[^\s():]+\.ts):(\d+)/.exec(new Error().stack ?? '') ??
      [];
    if (file === undefined) return statement;
    const columns = statement.reader ? statement.columns() : [];
    const info = prepare.call(this, 'SELECT "notnull" OR pk FROM pragma_table_info(?) WHERE name = ?').pluck();
    const nullable = columns.filter(
      ({ table, column }) =>
        table !== null && !neverNull.has(`${table}.${String(column)}`) && info.get(table, column) === 0,
    );
    prepared.set(at(file, Number(line)), { sql, columns, nullable: new Set(nullable.map(({ name }) => name)) });
    return statement;
  });
  const files = mkdtempSync(join(tmpdir(), 'appconnect-test-'));
  onTestFinished(() => {
    rmSync(files, { recursive: true });
  });
  const path = join(files, 'a.db');
  const { operator, close } = await openSqliteStore(path);
  await operator.listEvents({}, { limit: 1 });
  await operator.findEvent(1);
  await operator.countEvents({});
  await operator.replay({}, { after: 0 });
  await operator.listRejected({}, { after: 0 });
  await operator.remove({}, { after: 0 });
  replaceSealed(path, (rows) => ({ ...rows, forwards: [] }));
  saveBackup(path, `${path}.copy`, undefined);
  await close();
  return prepared;
}

const kinds: Readonly<Record<string, (text: string) => boolean>> = {
  INTEGER: (text) => text === 'number',
  TEXT: (text) => text === 'string' || text.startsWith('"'),
  BLOB: (text) => text.startsWith('Buffer'),
};

function compareColumn(
  checker: ts.TypeChecker,
  column: Database.ColumnDefinition,
  type: ts.Type,
  { nullable }: Prepared,
): string[] {
  const parts = (type.isUnion() ? type.types : [type]).map((each) => checker.typeToString(each));
  const isKind = kinds[column.type ?? ''] ?? (() => true);
  const wrong = parts.filter((each) => each !== 'null' && !isKind(each));
  return [
    ...wrong.map((each) => `${column.name} is ${String(column.type)}, not ${each}`),
    ...(nullable.has(column.name) && !parts.includes('null') ? [`${column.name} may be null`] : []),
  ];
}

function compareRow(checker: ts.TypeChecker, row: ts.Type, prepared: Prepared): string[] {
  const { columns, sql } = prepared;
  const type = checker.getBaseConstraintOfType(row) ?? row;
  if ((type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) === 0) {
    const [only, ...more] = columns;
    if (only === undefined || more.length > 0) return [`${columns.length} columns, not one`];
    return compareColumn(checker, only, type, prepared);
  }
  const properties = checker.getPropertiesOfType(type);
  const isAll = /(SELECT |\.)\*/.test(sql);
  return [
    ...properties.flatMap((property) => {
      const column = columns.find(({ name }) => name === property.name);
      if (column === undefined) return [`no column ${property.name}`];
      return compareColumn(checker, column, checker.getTypeOfSymbol(property), prepared);
    }),
    ...columns
      .filter(({ name }) => !isAll && type.getProperty(name) === undefined)
      .map(({ name }) => `${name} is in no row`),
  ];
}

function compareParameters(checker: ts.TypeChecker, takes: ts.Type, sql: string): string[] {
  const bare = sql.replace(/'[^']*'/g, '');
  const count = bare.match(/\?/g)?.length ?? 0;
  if (checker.isTupleType(takes)) {
    const length = checker.getTypeArguments(takes as ts.TypeReference).length;
    return length === count ? [] : [`${count} parameters, not ${length}`];
  }
  if (checker.isArrayType(takes)) return [];
  const named = [...new Set(bare.match(/[:@][a-zA-Z]\w*/g) ?? [])].map((name) => name.slice(1)).toSorted();
  const given = checker
    .getPropertiesOfType(takes)
    .map(({ name }) => name)
    .toSorted();
  return named.join() === given.join() ? [] : [`parameters ${named.join()}, not ${given.join()}`];
}

test('every statement takes and returns what its types say', async () => {
  const { checker, sites } = readSites();
  const all = await prepareAll();
  const faults = [...sites].flatMap(([place, { takes, returns }]) => {
    const prepared = all.get(place);
    if (prepared === undefined) return [`${place}: never prepared here`];
    const found = [
      ...(takes === undefined ? [] : compareParameters(checker, takes, prepared.sql)),
      ...(returns === undefined || prepared.columns.length === 0 ? [] : compareRow(checker, returns, prepared)),
      ...(prepared.columns.length > 0 && returns === undefined ? ['what it returns has no type'] : []),
    ];
    return found.map((fault) => `${place}: ${fault}`);
  });
  expect(sites.size).toBeGreaterThan(100);
  expect(faults).toEqual([]);
});
