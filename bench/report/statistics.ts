export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return low === undefined || high === undefined ? NaN : (low + high) / 2;
}

export function p95(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1] ?? NaN;
}

/** Of those that were measured. */
export function medianOf<T>(items: readonly T[], value: (item: T) => number | undefined): number | undefined {
  const known = items.map(value).filter((each) => each !== undefined);
  return known.length === 0 ? undefined : median(known);
}

/** Median of the ratios round by round: what changes from round to round changes both. */
export function medianRatio(over: readonly number[], under: readonly number[]): number | undefined {
  const ratios = over.flatMap((value, round) => {
    const base = under[round];
    return base === undefined || base === 0 ? [] : [value / base];
  });
  return ratios.length === 0 ? undefined : median(ratios);
}
