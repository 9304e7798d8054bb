/** A stacked column chart in figures: across in percent of the width, up and down in pixels, so that it bends to any window unscaled. */
export interface Picture {
  readonly height: number;
  /** Where the columns stand. */
  readonly floor: number;
  readonly axisWidth: number;
  readonly lines: readonly { y: number; label: string }[];
  readonly columns: readonly { label: string; x: string; width: string; parts: readonly Part[] }[];
  readonly labels: readonly { x: string; anchor: 'start' | 'middle' | 'end'; text: string }[];
}

interface Part {
  readonly y: number;
  readonly height: number;
  /** 0 to 3: a colour of the stylesheet. */
  readonly colour: number;
}

const top = 10;
const floor = 150;
const most = floor - top;
const colours = 4;
const mostLabels = 5;

/**
 * @param columns the tooltip of each, the text below it, and its parts from the floor up
 * @param number how the reader writes numbers
 */
export function drawPeriods(
  columns: readonly { label: string; short: string; counts: readonly number[] }[],
  number: (value: number) => string,
): Picture {
  const step = niceStep(Math.max(1, ...columns.map(({ counts }) => sumOf(counts))));
  const ceiling = step * Math.ceil(Math.max(1, ...columns.map(({ counts }) => sumOf(counts))) / step);
  const lines = Array.from({ length: ceiling / step + 1 }, (_, at) => ({
    y: floor - Math.round((most * at * step) / ceiling),
    label: number(at * step),
  }));
  const width = 100 / Math.max(1, columns.length);
  return {
    height: floor + 24,
    floor,
    axisWidth: 8 + 7 * Math.max(...lines.map(({ label }) => label.length)),
    lines,
    columns: columns.map(({ label, counts }, at) => ({
      label,
      x: percent(at * width + width * 0.12),
      width: percent(width * 0.76),
      parts: stack(counts, ceiling),
    })),
    labels: placeLabels(columns.map(({ short }) => short)),
  };
}

function stack(counts: readonly number[], ceiling: number): Part[] {
  let sum = 0;
  let y = floor;
  return counts.flatMap((count, at) => {
    sum += count;
    // One change among a thousand must still be visible; rounding up takes nothing from other parts, columns only grow.
    const upper = Math.min(floor - Math.round((most * sum) / ceiling), count === 0 ? y : y - 2);
    const part = { y: upper, height: y - upper, colour: at % colours };
    y = upper;
    return count === 0 ? [] : [part];
  });
}

/** At most five names below the columns: the first, the last and some between. */
function placeLabels(names: readonly string[]): Picture['labels'] {
  const last = names.length - 1;
  const count = Math.min(mostLabels, names.length);
  const places = Array.from({ length: count }, (_, at) => (count === 1 ? 0 : Math.round((at * last) / (count - 1))));
  return places.map((at) => {
    const text = names[at] ?? '';
    if (last > 0 && at === 0) return { x: '0%', anchor: 'start', text };
    if (last > 0 && at === last) return { x: '100%', anchor: 'end', text };
    return { x: percent(((at + 0.5) * 100) / names.length), anchor: 'middle', text };
  });
}

/** 1, 2 or 5 times a power of ten, for three to five lines; never a part of a change. */
function niceStep(most: number): number {
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(Math.max(rough, 1)));
  return Math.max(1, [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough) ?? power);
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

function percent(value: number): string {
  return `${Math.round(value * 100) / 100}%`;
}
