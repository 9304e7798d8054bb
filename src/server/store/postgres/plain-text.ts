/** A text from somebody's object, as PostgreSQL accepts it: of all characters it refuses one, which no text of Microbizz has. */
export function plainText(text: string): string {
  return text.replaceAll('\0', '\u2400');
}
