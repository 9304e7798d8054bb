/** Milliseconds in one bucket, and how many buckets: up to 10 s, what is slower counts as that. */
const width = 0.05;
const buckets = 200_000;

/** Counts of times, so that a window of any length costs the generator no memory. */
export class Histogram {
  readonly #counts = new Uint32Array(buckets);
  #total = 0;

  add(milliseconds: number): void {
    const at = Math.min(buckets - 1, Math.max(0, Math.floor(milliseconds / width)));
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#total += 1;
  }

  quantile(part: number): number {
    const wanted = Math.ceil(this.#total * part);
    let seen = 0;
    for (const [at, count] of this.#counts.entries()) {
      seen += count;
      if (seen >= wanted && seen > 0) return (at + 1) * width;
    }
    return 0;
  }
}
