/** How long and how often each part measures. Seconds are of the counted window. */
export interface Plan {
  readonly quick: boolean;
  readonly throughput: {
    readonly rounds: number;
    /** Of the loads that no bar is about: 1 and 256 connections. */
    readonly sideRounds: number;
    readonly warmUp: number;
    readonly time: number;
  };
  readonly handled: { readonly rounds: number; readonly time: number };
  readonly latency: { readonly rounds: number; readonly time: number; readonly rate: number };
  readonly growth: { readonly sizes: readonly number[]; readonly rounds: number; readonly batches: number };
  readonly start: { readonly rounds: number };
  readonly api: { readonly rounds: number };
  readonly history: {
    readonly changes: number;
    readonly objects: number;
    readonly ofOne: number;
    readonly rounds: number;
  };
  readonly pages: {
    /** Answers of each page. */
    readonly answers: number;
    readonly rounds: number;
    readonly warmUp: number;
    readonly time: number;
  };
}

export const full: Plan = {
  quick: false,
  throughput: { rounds: 5, sideRounds: 3, warmUp: 1000, time: 2500 },
  handled: { rounds: 3, time: 8000 },
  latency: { rounds: 3, time: 10_000, rate: 1000 },
  growth: { sizes: [0, 1_000_000, 5_000_000], rounds: 20, batches: 192 },
  start: { rounds: 10 },
  api: { rounds: 5 },
  history: { changes: 1_000_000, objects: 100_000, ofOne: 1000, rounds: 60 },
  pages: { answers: 100, rounds: 5, warmUp: 2500, time: 3000 },
};

export const quick: Plan = {
  quick: true,
  throughput: { rounds: 2, sideRounds: 0, warmUp: 700, time: 1500 },
  handled: { rounds: 1, time: 4000 },
  latency: { rounds: 1, time: 5000, rate: 1000 },
  growth: { sizes: [0, 50_000, 250_000], rounds: 6, batches: 128 },
  start: { rounds: 4 },
  api: { rounds: 2 },
  history: { changes: 50_000, objects: 5000, ofOne: 1000, rounds: 30 },
  pages: { answers: 20, rounds: 2, warmUp: 1500, time: 1500 },
};

export const parts = [
  'throughput',
  'handled',
  'latency',
  'growth',
  'start',
  'api',
  'history',
  'pages',
  'isolation-of-reads',
] as const;
export type Part = (typeof parts)[number];

export interface Options {
  readonly plan: Plan;
  readonly json: boolean;
  readonly only: readonly Part[];
}

const usage = `npm run bench [-- --quick] [-- --json] [-- --only=<part>]   parts: ${parts.join(', ')}`;

export function readOptions(args: readonly string[]): Options {
  const only: Part[] = [];
  for (const arg of args) {
    const part = parts.find((each) => arg === `--only=${each}`);
    if (part !== undefined) only.push(part);
    else if (arg !== '--quick' && arg !== '--json') throw new Error(`${arg} is not known. ${usage}`);
  }
  return {
    plan: args.includes('--quick') ? quick : full,
    json: args.includes('--json'),
    only: only.length > 0 ? only : parts,
  };
}
