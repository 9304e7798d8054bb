/** A bar for each day, in the coordinates of the picture's viewBox. */
export interface DaysPicture {
  readonly width: number;
  readonly height: number;
  readonly bars: readonly { x: number; y: number; width: number; height: number; label: string }[];
  readonly total: number;
  readonly first: string;
  readonly last: string;
}

const bar = { step: 20, width: 14, most: 80 };

/** @param days `YYYY-MM-DD`, each one shown, whether it has changes or not. */
export function drawDays(days: readonly string[], changes: ReadonlyMap<string, number>, locale: string): DaysPicture {
  const most = Math.max(1, ...changes.values());
  const date = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', day: 'numeric', month: 'short' });
  const number = new Intl.NumberFormat(locale);
  const name = (day: string | undefined): string => (day === undefined ? '' : date.format(new Date(day)));
  return {
    width: days.length * bar.step,
    height: bar.most,
    bars: days.map((day, at) => {
      const count = changes.get(day) ?? 0;
      // One change among a thousand is still to be seen.
      const height = count === 0 ? 1 : Math.max(3, Math.round((count / most) * bar.most));
      return {
        x: at * bar.step,
        y: bar.most - height,
        width: bar.width,
        height,
        label: `${name(day)}: ${number.format(count)}`,
      };
    }),
    total: [...changes.values()].reduce((sum, count) => sum + count, 0),
    first: name(days[0]),
    last: name(days.at(-1)),
  };
}
