import { expect, test } from 'vitest';
import { startServer } from '../support/start-server.ts';

const accepts: [string, 'da' | 'en'][] = [
  ['da', 'da'],
  ['da-DK,da;q=0.9,en-US;q=0.8,en;q=0.7', 'da'],
  ['nb-NO, da;q=0.8, en;q=0.5', 'da'],
  ['en', 'en'],
  ['en;q=0.5, da;q=0.6', 'da'],
  ['da;q=0.2, en;q=0.6', 'en'],
  ['de-DE, fr;q=0.5', 'en'],
  ['*', 'en'],
  ['da;q=0', 'en'],
  ['', 'en'],
  ['<script>', 'en'],
];

test('Accept-Language is followed', async () => {
  const server = await startServer();
  for (const [accepted, language] of accepts) {
    const answer = await fetch(`${server.url}/connect`, { headers: { 'accept-language': accepted } });
    const page = await answer.text();
    expect(page, accepted).toContain(`<html lang="${language}">`);
    expect(page).toContain(language === 'da' ? 'Fortsæt til Microbizz' : 'Continue to Microbizz');
    expect(answer.headers.get('vary')).toContain('accept-language');
  }
});

test('an address where there is nothing is told in the reader’s language, and not repeated', async () => {
  const server = await startServer();
  const danish = await fetch(`${server.url}/nothing/<b>elsewhere-odd`, { headers: { 'accept-language': 'da' } });
  expect(danish.status).toBe(404);
  const page = await danish.text();
  expect(page).toContain('<h1>Siden findes ikke</h1>');
  expect(page).not.toContain('elsewhere-odd');
  expect(danish.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
});
