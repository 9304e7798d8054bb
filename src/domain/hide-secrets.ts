/**
 * JSON without the secrets that it repeats, parsed; what is no JSON as text. They are looked for after parsing: PHP writes `a/b` as
 * `a\/b`, and a secret that is a digit would spoil the JSON.
 */
export function hideSecrets(json: string, secrets: readonly unknown[]): unknown {
  const known = secrets.filter((secret) => typeof secret === 'string' && secret !== '') as string[];
  const hide = (text: string): string => known.reduce((rest, secret) => rest.replaceAll(secret, '[hidden]'), text);
  function hideIn(_name: string, value: unknown): unknown {
    if (typeof value === 'string') return hide(value);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [hide(name), each]));
  }
  try {
    return JSON.parse(json, hideIn);
  } catch {
    return known.reduce((rest, secret) => rest.replaceAll(JSON.stringify(secret).slice(1, -1), '[hidden]'), hide(json));
  }
}
