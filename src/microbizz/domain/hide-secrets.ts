/** A text without the secrets that it repeats. An empty value, or one that is not text, does not count as a secret. */
export function hideInText(text: string, secrets: readonly unknown[]): string {
  return secrets.reduce<string>(
    (rest, secret) => (typeof secret === 'string' && secret !== '' ? rest.replaceAll(secret, '[hidden]') : rest),
    text,
  );
}

/**
 * JSON without the secrets that it repeats, parsed; anything else as text. The secrets are searched for after parsing: PHP writes `a/b` as
 * `a\/b`, and a secret that is a digit would spoil the JSON.
 */
export function hideSecrets(json: string, secrets: readonly unknown[]): unknown {
  const hide = (text: string): string => hideInText(text, secrets);
  function hideIn(_name: string, value: unknown): unknown {
    if (typeof value === 'string') return hide(value);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [hide(name), each]));
  }
  try {
    return JSON.parse(json, hideIn);
  } catch {
    const escaped = secrets.map((secret) => typeof secret === 'string' && JSON.stringify(secret).slice(1, -1));
    return hideInText(hide(json), escaped);
  }
}
