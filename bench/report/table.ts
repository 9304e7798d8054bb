import { bars, type Bar, type Judged } from './bars.ts';

export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly notes?: readonly string[];
}

/** What a part found: for people, for the bars, and for machines. */
export interface Findings {
  readonly tables: readonly Table[];
  readonly judged: readonly Judged[];
  readonly raw: unknown;
}

export function number(value: number | undefined, digits = 0): string {
  if (value === undefined || Number.isNaN(value)) return '–';
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

export function percent(part: number | undefined): string {
  return part === undefined ? '–' : `${number(part * 100)} %`;
}

export function write({ title, head, rows, notes = [] }: Table): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]): string =>
    `  ${row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('   ')}`;
  return [title, line(head), ...rows.map(line), ...notes.map((note) => `  ${note}`), ''].join('\n');
}

export function barsTable(judged: readonly Judged[]): Table {
  const row = ({ bar: name, value, verdict }: Judged): string[] => {
    const { what, unit, bound, bar, aim }: Bar = bars[name];
    const digits = unit === '×' ? 2 : unit === 'ms' ? 1 : 0;
    const wanted = `${bound} ${number(bar, digits)} ${unit}`;
    return [
      what,
      `${number(value, digits)} ${unit}`,
      wanted,
      aim === undefined ? '' : number(aim, digits),
      verdictOf(verdict),
    ];
  };
  return {
    title: 'Against the bars',
    head: ['', 'measured', 'bar', 'aim', ''],
    rows: judged.map(row),
  };
}

function verdictOf(verdict: Judged['verdict']): string {
  return verdict === 'aim' ? 'pass, and the aim' : verdict;
}
