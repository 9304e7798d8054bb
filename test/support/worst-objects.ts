/** Objects that cost as much as can be for their bytes. Each changes all its values from one `turn` to the next. */
export function wide(fields: number, turn: number): string {
  return JSON.stringify(Object.fromEntries([['id', 7], ...range(fields, (at) => [`f${at}`, turn])]));
}

export function nested(depth: number, fields: number, turn: number): string {
  const leaf = range(fields, (at) => `"f${at}":${turn}`).join(',');
  return `{"id":7,"x":${'{"a":'.repeat(depth - 2)}{${leaf}}${'}'.repeat(depth - 2)}}`;
}

/** Fields at every level, and not only at the deepest. */
export function stairs(depth: number, fields: number, turn: number): string {
  const level = range(Math.floor(fields / depth), (at) => `"f${at}":${turn}`).join(',');
  return `{"id":7,${level}${`,"a":{${level}`.repeat(depth - 1)}${'}'.repeat(depth)}`;
}

export function withText(text: string, turn: number): string {
  return JSON.stringify({ id: 7, text, turn });
}

export function lists(bytes: number, turn: number): string {
  return `{"id":7,"x":[${range(bytes / 3, () => (turn % 2 === 0 ? '[]' : '{}')).join(',')}]}`;
}

export function marks(count: number): string {
  return `a${'\u0301'.repeat(count / 2)}${'\u0316'.repeat(count / 2)}`;
}

function range<T>(count: number, make: (at: number) => T): T[] {
  return Array.from({ length: Math.floor(count) }, (_, at) => make(at));
}
