const hidden = /[\p{Bidi_Control}\u200B\u2060-\u2064\uFEFF]/gu;

/**
 * A text for a page: characters that reverse the direction of everything behind them, or that are invisible and make two texts look alike,
 * are named (`[U+202E]`). Joiners stay, because emoji and some scripts need them.
 */
export function showHidden(text: string): string {
  return text.replace(hidden, (sign) => `[U+${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}]`);
}
