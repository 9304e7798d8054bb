/** Codes of the characters that JSON is made of. */
export const [quote, comma, colon, minus, zero, nine] = [34, 44, 58, 45, 48, 57];
export const [openList, closeList, openSet, closeSet] = [91, 93, 123, 125];

/** Where a text that begins with a quote at `start` ends: behind its last quote. */
export function endOfText(json: string, start: number): number {
  let end = json.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(json, end)) end = json.indexOf('"', end + 1);
  return end === -1 ? json.length : end + 1;
}

const backslash = 92;

function isEscaped(json: string, at: number): boolean {
  let before = at - 1;
  while (json.charCodeAt(before) === backslash) before -= 1;
  return (at - before) % 2 === 0;
}

/** Where a number or another word that begins at `start` ends. */
export function endOfWord(json: string, start: number): number {
  let end = start + 1;
  for (; end < json.length; end += 1) {
    const code = json.charCodeAt(end);
    if (code <= 32 || code === comma || code === closeSet || code === closeList) break;
  }
  return end;
}
