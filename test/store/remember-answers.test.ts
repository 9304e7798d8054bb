import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDatabase } from '../../src/store/sqlite/open-database.ts';
import { buildMemory } from '../../src/store/sqlite/remember-answers.ts';
import { makeFolder } from '../support/start-server.ts';

test('what was read is remembered until this or another connection writes', () => {
  const file = join(makeFolder(), 'a.db');
  const [database, other] = [openDatabase(file), openDatabase(file)];
  let reads = 0;
  const remember = buildMemory(database);
  const after = remember((plus: number) => {
    reads += 1;
    return (database.prepare<[], number>('SELECT after_id FROM sorting').pluck().get() ?? 0) + plus;
  });
  expect([after(1), after(1), after(2), after(1), reads]).toEqual([1, 1, 2, 1, 2]);
  database.exec('UPDATE sorting SET after_id = 5');
  expect([after(1), after(1), reads]).toEqual([6, 6, 3]);
  other.exec('UPDATE sorting SET after_id = 7');
  expect([after(1), after(2), reads]).toEqual([8, 9, 5]);
  database.close();
  other.close();
});
