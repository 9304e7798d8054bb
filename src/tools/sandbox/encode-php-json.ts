/**
 * JSON as PHP's json_encode writes it by default: pure ASCII, and "/" escaped. That Microbizz is PHP is a conclusion
 * (endpoint.php); that a reader must cope with this form follows from JSON itself.
 */
export function encodePhpJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('/', '\\/')
    .replace(/[\u0080-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
