import type { Section } from './attack.ts';
import { gotIn } from './install.ts';
import { freshAddress, negotiate } from './stage.ts';

/** Addresses that are not Microbizz', or only look so. 127.0.0.1 and *.microbizz.dk are allowed here. */
const endpoints: readonly string[] = [
  'https://evil.example/api/endpoint.php',
  'https://microbizz.dk.evil.example/api/endpoint.php',
  'https://evilmicrobizz.dk/api/endpoint.php',
  'https://evil.example/.microbizz.dk',
  'https://evil.example?.microbizz.dk',
  'https://evil.example#.microbizz.dk',
  'https://evil.example\\.microbizz.dk/',
  'https://x.microbizz.dk@evil.example/api/endpoint.php',
  'https://x.microbizz.dk:443@evil.example/',
  'https://evil.example%2f.microbizz.dk/',
  'https://evil.example%00.microbizz.dk/',
  'https://evil.example;x.microbizz.dk/api/endpoint.php',
  'https://evil.example,x.microbizz.dk/api/endpoint.php',
  "https://evil.example'x.microbizz.dk/api/endpoint.php",
  'https://user:password@x.microbizz.dk/api/endpoint.php',
  'http://x.microbizz.dk/api/endpoint.php',
  'ftp://x.microbizz.dk/api/endpoint.php',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'data:text/html,x.microbizz.dk',
  '//x.microbizz.dk/api/endpoint.php',
  'x.microbizz.dk',
  'https://169.254.169.254/latest/meta-data',
  'https://[::1]/api/endpoint.php',
  'https://[::ffff:127.0.0.1]/api/endpoint.php',
  'https://localhost/api/endpoint.php',
  'https://0.0.0.0/api/endpoint.php',
  'https://x.microbizz.dk/api/endpoint.php?json={}',
  'https://x.microbizz.dk/api/endpoint.php#x',
  'https://x.microbizz.dk/files/upload.json',
  'https://x.microbizz.dk/api/endpoint.php/../../files/x',
];

export const hosts: Section = {
  name: 'hosts',
  async attacks(stage) {
    const victim = await stage.victim();
    return endpoints.map((endpoint, at) => ({
      name: `an endpoint ${endpoint}`,
      ...(at < 3 && { short: true as const }),
      async run() {
        const from = freshAddress();
        const request = await victim.begin({ from });
        if (request === undefined) throw new Error('/connect shows no request');
        return gotIn(await negotiate(request, { endpoint, contract: '1', accesstoken: 't' }, from));
      },
    }));
  },
};
