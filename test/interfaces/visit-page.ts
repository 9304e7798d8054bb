import { expect } from 'vitest';

export interface Visited {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

export async function visit(url: string, language = 'en'): Promise<Visited> {
  const answer = await fetch(url, { headers: { 'accept-language': language }, redirect: 'manual' });
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
}

/** What every page of ours has, the refusing ones too. */
export function expectFrame({ headers }: Visited, ancestor: string): void {
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy.split('; ').filter((each) => each.startsWith('frame-ancestors'))).toEqual([
    `frame-ancestors ${ancestor}`,
  ]);
  expect(policy).toMatch(/default-src 'none'; style-src 'nonce-([^']+)'; script-src 'nonce-\1'/);
  expect(policy).not.toContain('unsafe');
  expect(headers.get('x-frame-options')).toBeNull();
  expect(headers.get('referrer-policy')).toBe('no-referrer');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('set-cookie')).toBeNull();
  expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('location')).toBeNull();
}
