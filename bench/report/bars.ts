/** What the server promises, and what it aims at. */
export interface Bar {
  readonly what: string;
  readonly unit: '×' | 'ms' | 'MB';
  readonly bound: 'at least' | 'at most';
  readonly bar: number;
  readonly aim?: number;
}

export const bars = {
  keptUrlencoded: { what: '(b)/(a), 64 kept connections, urlencoded', unit: '×', bound: 'at least', bar: 0.7, aim: 1 },
  keptMultipart: { what: '(b)/(a), 64 kept connections, multipart', unit: '×', bound: 'at least', bar: 1.4, aim: 2 },
  newUrlencoded: {
    what: '(b)/(a), a connection a request, urlencoded',
    unit: '×',
    bound: 'at least',
    bar: 0.65,
    aim: 0.9,
  },
  newMultipart: {
    what: '(b)/(a), a connection a request, multipart',
    unit: '×',
    bound: 'at least',
    bar: 0.75,
    aim: 1.2,
  },
  newExpress: { what: '(b)/(c), a connection a request', unit: '×', bound: 'at least', bar: 4 },
  keptExpress: { what: '(b)/(c), 64 kept connections', unit: '×', bound: 'at least', bar: 6 },
  keptPhp: { what: '(b)/(d), 64 kept connections', unit: '×', bound: 'at least', bar: 10 },
  handled: {
    what: 'events handled a second end to end / events taken a second',
    unit: '×',
    bound: 'at least',
    bar: 0.5,
  },
  memory: { what: 'memory at the end of that load, RSS', unit: 'MB', bound: 'at most', bar: 250 },
  latency: { what: 'p99 of the answer at 1,000 events a second', unit: 'ms', bound: 'at most', bar: 15 },
  isolation: {
    what: 'p99 of the answer while others search or retention removes',
    unit: 'ms',
    bound: 'at most',
    bar: 15,
  },
  growth: { what: 'insert at 5 million events / at 0', unit: '×', bound: 'at most', bar: 1.15 },
  start: { what: 'spawn to first answer / bare Fastify', unit: '×', bound: 'at most', bar: 1.5 },
  apiNear: { what: '1,000 commands: api.run / fetch in a loop, 0 ms away', unit: '×', bound: 'at least', bar: 5 },
  apiFar: { what: 'the same, 20 ms away', unit: '×', bound: 'at least', bar: 20 },
  history: {
    what: 'p95 of list and counts of 1,000,000 changes, the slowest filter',
    unit: 'ms',
    bound: 'at most',
    bar: 100,
  },
  pages: {
    what: 'p95 of a page with 1,000,000 changes, the slowest filter',
    unit: 'ms',
    bound: 'at most',
    bar: 100,
  },
  pageRate: {
    what: 'user/menu / a constant table of 50 rows, 64 kept connections',
    unit: '×',
    bound: 'at least',
    bar: 0.5,
  },
} as const satisfies Record<string, Bar>;

export type BarName = keyof typeof bars;

export interface Judged {
  readonly bar: BarName;
  readonly value: number;
  readonly verdict: 'aim' | 'pass' | 'short';
}

export function judge(name: BarName, value: number): Judged {
  const bar: Bar = bars[name];
  const meets = (limit: number): boolean => (bar.bound === 'at least' ? value >= limit : value <= limit);
  const aim = bar.aim !== undefined && meets(bar.aim);
  return { bar: name, value, verdict: aim ? 'aim' : meets(bar.bar) ? 'pass' : 'short' };
}
