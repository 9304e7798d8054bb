/**
 * Text from outside is shown on a terminal: control characters in it must not reach it, nor what shows nothing, turns the direction of the
 * rest around (Cf) or begins a line (Zl, Zp).
 */
function clean(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
}

export function printLine(text: string): void {
  process.stdout.write(`${clean(text)}\n`);
}

/** Errors repeat what Microbizz said; only the ends of lines are ours. */
export function printError(message: string): void {
  process.stderr.write(`${message.split('\n').map(clean).join('\n')}\n`);
}

/** For machines, two blanks deep; `[hidden]` in place of secrets, base64 in place of bytes. */
export function printJson(value: unknown): void {
  const text = JSON.stringify(
    value,
    (_name, each: unknown) => (each instanceof Uint8Array ? Buffer.from(each).toString('base64') : each),
    2,
  );
  // JSON escapes the control characters below 32 only; some terminals act on those from 127 on too.
  process.stdout.write(`${text.replaceAll(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, escape)}\n`);
}

function escape(sign: string): string {
  return Array.from({ length: sign.length }, (_, at) => `\\u${sign.charCodeAt(at).toString(16).padStart(4, '0')}`).join(
    '',
  );
}

/** Columns as wide as they need to be, under their names. */
export function printTable(rows: readonly Readonly<Record<string, string | number>>[], none: string): void {
  const [first] = rows;
  if (first === undefined) {
    printLine(none);
    return;
  }
  const names = Object.keys(first);
  const widths = names.map((name) => Math.max(name.length, ...rows.map((row) => clean(String(row[name])).length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd();
  printLine(line(names));
  for (const row of rows) printLine(line(names.map((name) => clean(String(row[name])))));
}

/** A time as operators read and write it. */
export function showTime(time: number | undefined): string {
  return time === undefined ? '' : new Date(time).toISOString();
}
