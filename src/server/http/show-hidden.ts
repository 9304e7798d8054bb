const hidden = /[\p{Bidi_Control}\u200B\u2060-\u2064\uFEFF]/gu;

/**
 * A text as it is on a page: what turns the direction of everything behind it around, or shows nothing and makes two texts look alike, is
 * named (`[U+202E]`). Joiners stay, of which emoji and some scripts are made.
 */
export function showHidden(text: string): string {
  return text.replace(hidden, (sign) => `[U+${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}]`);
}
