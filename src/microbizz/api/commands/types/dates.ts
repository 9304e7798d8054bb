/** Any form of Ventu's page "Basic types" as `YYYY-MM-DD`, undefined for anything that is not a day of the calendar. */
export function formatDate(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value);
  const danish = /^(\d{1,2})([-/])(\d{1,2})\2(\d{4})$/.exec(value);
  const [year, month, day] = iso
    ? iso.slice(1).map(Number)
    : danish
      ? [danish[4], danish[3], danish[1]].map(Number)
      : [];
  if (year === undefined || month === undefined || day === undefined || year === 0) return undefined;
  const text = `${pad(year, 4)}-${pad(month)}-${pad(day)}`;
  const parsed = new Date(`${text}T00:00:00Z`);
  // 31 February would roll over into March.
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text) ? text : undefined;
}

/** `18:45:00`, `18:45` or `18.45` as `HH:MM:SS`, undefined for anything that is not a time of day. */
export function formatTime(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const found = /^(\d{1,2})([:.])(\d{2})(?:\2(\d{2}))?$/.exec(value);
  if (found === null) return undefined;
  const [hours, minutes, seconds] = [Number(found[1]), Number(found[3]), Number(found[4] ?? 0)];
  return hours < 24 && minutes < 60 && seconds < 60 ? `${pad(hours)}:${pad(minutes)}:${pad(seconds)}` : undefined;
}

function pad(number: number, length = 2): string {
  return String(number).padStart(length, '0');
}
