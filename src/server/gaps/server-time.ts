import { danishTime } from '../../microbizz/domain/danish-day.ts';

/** Made when it is needed: the first of them costs a start 16 ms. */
let danish: Intl.DateTimeFormat | undefined;
const form = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d)(:\d\d)?$/;

/** A moment as Microbizz's clock is presumed to show it: Danish, `YYYY-MM-DD HH:MM:SS`. */
export function tellServerTime(time: number): string {
  danish ??= new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone: danishTime });
  return danish.format(time);
}

/** Date and time of an answer as one text; undefined when they are none. */
export function readServerTime({ date, time }: { date: string; time: string }): string | undefined {
  const [, day, minute, second = ':00'] = form.exec(`${date} ${time}`) ?? [];
  if (day === undefined || minute === undefined) return undefined;
  const text = `${day} ${minute}${second}`;
  return Number.isNaN(asNumber(text)) ? undefined : text;
}

/** Calculates with the clock's reading, in whatever zone it is. */
export function earlier(text: string, milliseconds: number): { changedate: string; changetime: string } {
  const [changedate = '', changetime = ''] = new Date(asNumber(text) - milliseconds)
    .toISOString()
    .slice(0, 19)
    .split('T');
  return { changedate, changetime };
}

function asNumber(text: string): number {
  return Date.parse(`${text.replace(' ', 'T')}Z`);
}
